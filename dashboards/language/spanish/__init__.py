"""The Spanish of the United States, with *usted*, at about grade 8. Names of places stay."""

from dashboards.language.spanish import brief, figures, head, labels, limits, places

__all__ = ["brief", "figures", "head", "labels", "limits", "places"]
