"""The US side: may the chip leave, on what terms, and by which clause."""

from countervail.rules.us_export.judge import judge, open_deal, settle

__all__ = ["judge", "open_deal", "settle"]
