"""GPX and KML: what is written reads back, nobody illustrative is in them, and no text becomes markup."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
import shapely

from geo import downloads, fieldpack, nearest, routing, tracks
from geo.documents import Document, Sheet, storable
from geo.errors import QuestionError
from geo.i18n import translator
from geo.schema import DO_NOT_MOVE
from geo.text import clean
from tests.payloads import PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.dataset import Dataset
    from geo.i18n import Language, Translator

    Write = Callable[[Document, Translator], bytes]

GPX, KML, RECORD = ({"g": tracks.GPX}, {"k": tracks.KML}, {"r": tracks.RECORD})
WRITERS: tuple[Write, ...] = (tracks.to_gpx, tracks.to_kml)


def _gpx_records(content: bytes) -> list[tuple[str, float, float, dict[str, str]]]:
    root = ET.fromstring(content)  # noqa: S314 - our own file
    return [
        (
            point.findtext("g:name", "", GPX),
            float(point.attrib["lon"]),
            float(point.attrib["lat"]),
            {value.attrib["name"]: value.text or "" for value in point.iterfind(".//r:value", RECORD)},
        )
        for point in root.iterfind("g:wpt", GPX)
    ]


def _kml_records(content: bytes) -> list[tuple[str, float, float, dict[str, str]]]:
    found = []
    for mark in ET.fromstring(content).iterfind(".//k:Placemark", KML):  # noqa: S314 - our own file
        lon, lat = mark.findtext("k:Point/k:coordinates", "nan,nan", KML).split(",")
        codes = {data.attrib["name"]: data.findtext("k:value", "", KML) for data in mark.iterfind(".//k:Data", KML)}
        found.append((mark.findtext("k:name", "", KML), float(lon), float(lat), codes))
    return found


@pytest.mark.parametrize(
    ("language", "write", "records"),
    [
        ("ru", tracks.to_gpx, _gpx_records),
        ("ky", tracks.to_gpx, _gpx_records),
        ("ky", tracks.to_kml, _kml_records),
        ("en", tracks.to_kml, _kml_records),
    ],
)
def test_points_read_back_as_they_stand(
    bundled: Dataset, language: Language, write: Write, records: Callable[..., list]
) -> None:  # type: ignore[type-arg]
    """Names in the language (Ө Ү Ң too), positions to the last digit, codes of every settlement."""
    t = translator(language)
    frame = bundled.settlements
    found = records(write(downloads.table(bundled, "settlements"), t))
    assert [name for name, *_ in found] == [t.name(row) for row in frame.to_dict("records")]
    assert [lon for _, lon, _, _ in found] == frame["lon"].tolist()
    assert [lat for _, _, lat, _ in found] == frame["lat"].tolist()
    assert [codes["id"] for *_, codes in found] == frame["id"].tolist()
    people = [float(codes.get("population_persons", "nan")) for *_, codes in found]
    np.testing.assert_array_equal(people, frame["population_persons"])


def test_kyrgyz_letters_survive(bundled: Dataset) -> None:
    """The file itself holds the letters, not only some reader's guess of them."""
    content = tracks.to_kml(downloads.table(bundled, "settlements"), translator("ky")).decode()
    assert all(letter in content for letter in "өүң")


@pytest.mark.parametrize("write", WRITERS)
def test_no_track_holds_an_example(bundled: Dataset, write: Write) -> None:
    """Neither the table of points nor an answer in training gives one away; a route to one is refused."""
    t = translator("ru")
    with pytest.raises(QuestionError, match="track-empty"):
        write(downloads.table(bundled, "collection_points"), t)
    answer = nearest.find(bundled, nearest.NearestQuestion("ST-BUJUM", waste="lamps", training=True))
    assert (answer.points["evidence"] == "illustrative").all()
    content = write(downloads.nearest(answer, t), t).decode()
    assert "CP-ILL" not in content
    assert t("track.left-out", unplaced=0, illustrative=3) in content
    way = routing.find(bundled, routing.RouteQuestion("ST-BUJUM", "CP-ILL-OSH", training=True))
    with pytest.raises(QuestionError, match="track-illustrative"):
        write(downloads.route(way, t), t)


@pytest.mark.parametrize("write", WRITERS)
def test_waste_that_stays_where_it_is_gets_no_place(bundled: Dataset, write: Write) -> None:
    """A store loses such waste from its list, and one that takes nothing else is not in the file."""
    t = translator("en")
    storage = pd.DataFrame(bundled.storage)
    only = pd.Series([("elemental-mercury",)] * len(storage), index=storage.index, dtype="object")
    with pytest.raises(QuestionError, match="track-empty"):
        write(Document((Sheet("storage", storage.assign(accepts=only)),)), t)
    content = write(downloads.table(bundled, "storage"), t).decode()
    assert "SF-KHD-WORKS" in content
    assert not any(f"{code};" in content or f";{code}" in content or f">{code}<" in content for code in DO_NOT_MOVE)


def test_a_route_reads_back_as_its_line(bundled: Dataset) -> None:
    """The track's points are the route's, in order; legs to the road are told apart by name."""
    t = translator("ru")
    way = routing.find(bundled, routing.RouteQuestion("ST-BUJUM", "KG-KHD"))
    document = downloads.route(way, t)
    root = ET.fromstring(tracks.to_gpx(document, t))  # noqa: S314 - our own file
    lines = [
        [(float(point.attrib["lon"]), float(point.attrib["lat"])) for point in track.iterfind(".//g:trkpt", GPX)]
        for track in root.iterfind("g:trk", GPX)
    ]
    assert way.geometry is not None
    assert lines[0] == list(way.geometry.coords)
    assert lines[1:] == [list(leg.coords) for leg in way.legs]
    names = [track.findtext("g:name", "", GPX) for track in root.iterfind("g:trk", GPX)]
    assert names[0] == document.title
    assert set(names[1:]) <= {t("track.leg")}
    line = ET.fromstring(tracks.to_kml(document, t)).find(".//k:LineString", KML)  # noqa: S314 - our own file
    assert line is not None
    pairs = [tuple(map(float, pair.split(","))) for pair in line.findtext("k:coordinates", "", KML).split()]
    assert pairs == lines[0]


def test_areas_keep_their_holes(bundled: Dataset) -> None:
    """The country's three enclaves are inner rings."""
    root = ET.fromstring(tracks.to_kml(downloads.table(bundled, "borders"), translator("en")))  # noqa: S314
    first = root.find(".//k:Placemark", KML)
    assert first is not None
    shape = bundled.borders.geometry.iloc[0]
    holes = sum(len(part.interiors) for part in shapely.get_parts(shape))
    assert len(list(first.iter(f"{{{tracks.KML}}}innerBoundaryIs"))) == holes >= 3


@pytest.mark.parametrize("write", WRITERS)
def test_names_stay_names(bundled: Dataset, write: Write) -> None:
    """Every hostile text parses as text, the same that was put in; HTML inside descriptions is dead."""
    t = translator("en")
    texts = [text for text in PAYLOADS if clean(storable(text))]
    rows = pd.concat([pd.DataFrame(bundled.settlements).head(1)] * len(texts), ignore_index=True)
    rows = rows.assign(name_en=texts, source=texts, id=[f"X-{i}" for i in range(len(texts))])
    content = write(Document((Sheet("settlements", rows),), title="</name><script>", notes=tuple(texts)), t)
    found = _gpx_records(content) if write is tracks.to_gpx else _kml_records(content)
    assert [name for name, *_ in found] == [clean(storable(text), max_chars=120) for text in texts]
    told = ET.fromstring(content).iterfind(".//k:description", KML)  # noqa: S314 - our own file
    for element in told:
        assert "<" not in (element.text or "").replace("<br>", "")
        assert "$[" not in (element.text or "")


def test_the_field_pack_s_points_say_that_nobody_is_confirmed(bundled: Dataset) -> None:
    """The file that goes on a device carries the warning in itself, and each point its error circle."""
    t = translator("ru")
    content = tracks.to_gpx(fieldpack.document(bundled, t), t)
    assert t("field.no-list") in content.decode()
    told = [point.findtext("g:desc", "", GPX) for point in ET.fromstring(content).iterfind("g:wpt", GPX)]  # noqa: S314
    assert len(told) == fieldpack.counts(bundled)[1] == 3
    assert all(t("choice.evidence.reported") in text and "Положение в пределах" in text for text in told)
    assert replace(fieldpack.document(bundled, t)).evidence == "reported"
