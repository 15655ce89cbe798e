"""pytest's own JUnit XML with the feature as the class, the scenario as the name, and its steps in `system-out`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from _pytest.junitxml import bin_xml_escape, xml_key

if TYPE_CHECKING:
    import pytest

    from asgherkin.report.results import ScenarioRecord


def tell_junit(config: pytest.Config, report: pytest.TestReport, record: ScenarioRecord) -> None:
    """Put a scenario's names and steps into the element of its report, where JUnit XML is written."""
    xml = config.stash.get(xml_key, None)
    if xml is None:
        return
    reporter = xml.node_reporter(report)
    reporter.add_attribute("classname", bin_xml_escape(record["feature"] or record["uri"]))
    reporter.add_attribute("name", bin_xml_escape(record["name"]))
    steps = Element("system-out")
    steps.text = bin_xml_escape("\n".join(_lines(record)))
    reporter.append(steps)


def _lines(record: ScenarioRecord) -> list[str]:
    return [
        f"{record['uri']}:{record['line']}",
        *(f"{one['status'].lower():<9} {one['text']}" for one in record["steps"]),
    ]
