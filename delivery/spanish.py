"""Say in Spanish what only a letter says."""

from __future__ import annotations

from delivery.parts import Labels

LABELS = Labels(
    subject="{place}: resumen de la {week}",
    revised=", revisado",
    is_revised="Qué cambió",
    changed="Corrige lo ya publicado de esta semana. El resumen en inglés dice qué cambió.",
    trust="Confianza, de las voces de salud {}",
    whole="El resumen completo",
    elsewhere="El resumen completo (en inglés)",
    attached="El resumen va adjunto en PDF, para imprimir.",
    unsubscribe="Recibe este correo porque su dirección está en la lista de {place}.",
    leave="Salir de la lista",
)
