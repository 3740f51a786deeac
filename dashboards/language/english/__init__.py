"""The English of the United States, at about grade 8."""

from dashboards.language.english import brief, figures, head, labels, limits, places

__all__ = ["brief", "figures", "head", "labels", "limits", "places"]
