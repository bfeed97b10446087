"""The file of a road network: a header in JSON and plain arrays that can be mapped into memory.

Layout, byte by byte:

====== =====================================================================
0–7    ``SYMAPNET``
8–9    byte order: ``<<`` little-endian; anything else is another machine's
10–11  two zero bytes
12–15  version of the format, unsigned, little-endian
16–23  length of the header in bytes, unsigned, little-endian
24–    the header, UTF-8 JSON: ``arrays`` (name → ``dtype``, ``shape``, ``offset``) and ``about``
then   the arrays, each beginning at a multiple of 64 bytes, offsets counted from the file's first byte
====== =====================================================================
"""

from __future__ import annotations

import json
import os
import struct
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import SymapError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: Version of the format that this Symap writes and reads.
VERSION: Final = 1

_MAGIC: Final = b"SYMAPNET"
_ORDER: Final = b"<<"
_PREFIX: Final = struct.Struct("<8s2s2xIQ")
_ALIGNMENT: Final = 64
_DTYPES: Final = frozenset({"|b1", "|u1", "<i1", "|i1", "<u2", "<i4", "<u4", "<i8", "<f4", "<f8"})


class NetworkFileError(SymapError, ValueError):
    """A network file cannot be read or written."""


def write(path: Path, arrays: Mapping[str, NDArray[np.generic]], about: Mapping[str, Any]) -> None:
    """Write a network file; a file of that name is replaced only when the new one is whole.

    Parameters
    ----------
    path
        Where to.
    arrays
        By name, of numbers and truth values.
    about
        What the reader needs besides, as JSON.

    Raises
    ------
    NetworkFileError
        ``network-unwritable``.
    """
    plain = {
        name: np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<")) for name, values in arrays.items()
    }
    listed = {name: {"dtype": values.dtype.str, "shape": list(values.shape)} for name, values in plain.items()}
    size = len(_header(listed, about, 10**15))
    offset = _PREFIX.size + size
    places = {}
    for name, values in plain.items():
        offset += -offset % _ALIGNMENT
        places[name] = offset
        offset += values.nbytes
    header = _header(listed, about, places).ljust(size)
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                file.write(_PREFIX.pack(_MAGIC, _ORDER, VERSION, size) + header)
                for name, values in plain.items():
                    file.write(b"\0" * (places[name] - file.tell()))
                    file.write(values.tobytes())
                file.close()
                Path(file.name).chmod(0o666 & ~_umask())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise NetworkFileError("network-unwritable", file=path.name, found=error.strerror or "") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _header(
    listed: Mapping[str, Mapping[str, Any]], about: Mapping[str, Any], places: Mapping[str, int] | int
) -> bytes:
    arrays = {
        name: {**entry, "offset": places if isinstance(places, int) else places[name]} for name, entry in listed.items()
    }
    return json.dumps({"about": about, "arrays": arrays}, ensure_ascii=False).encode()


def _read_header(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            prefix = file.read(_PREFIX.size)
            if len(prefix) < _PREFIX.size or not prefix.startswith(_MAGIC):
                raise NetworkFileError("network-file-unknown", file=path.name)
            _, order, version, size = _PREFIX.unpack(prefix)
            if order != _ORDER:
                raise NetworkFileError("network-file-byte-order", file=path.name)
            if version != VERSION:
                raise NetworkFileError("network-file-version", file=path.name, found=version, wanted=VERSION)
            if size > path.stat().st_size:
                raise NetworkFileError("network-file-damaged", file=path.name)
            header = json.loads(file.read(size))
    except OSError as error:
        raise NetworkFileError("network-file-missing", file=path.name, found=error.strerror or "") from error
    except ValueError as error:
        if isinstance(error, NetworkFileError):
            raise
        raise NetworkFileError("network-file-damaged", file=path.name) from error
    if not isinstance(header, dict) or not isinstance(header.get("arrays"), dict) or "about" not in header:
        raise NetworkFileError("network-file-damaged", file=path.name)
    return header


def read(path: Path) -> tuple[dict[str, NDArray[np.generic]], dict[str, Any]]:
    """Open a network file.

    Parameters
    ----------
    path
        Where it is.

    Returns
    -------
    tuple[dict[str, NDArray[np.generic]], dict[str, Any]]
        The arrays, read-only and mapped into memory: bytes are fetched when they are used; and what the header
        says about them.

    Raises
    ------
    NetworkFileError
        ``network-file-missing``; ``network-file-unknown`` for a file of another kind; ``network-file-version``;
        ``network-file-byte-order``; ``network-file-damaged`` for a truncated or altered one.
    """
    header = _read_header(path)
    whole = np.memmap(path, dtype=np.uint8, mode="r")
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, entry in header["arrays"].items():
        try:
            arrays[name] = _view(whole, entry)
        except (KeyError, TypeError, ValueError) as error:
            raise NetworkFileError("network-file-damaged", file=path.name) from error
    return arrays, header["about"]


def _view(whole: NDArray[np.uint8], entry: Mapping[str, Any]) -> NDArray[np.generic]:
    dtype, shape, offset = str(entry["dtype"]), tuple(map(int, entry["shape"])), int(entry["offset"])
    if dtype not in _DTYPES or offset < 0 or min(shape, default=0) < 0:
        raise ValueError(dtype)
    size = np.dtype(dtype).itemsize * int(np.prod(shape, dtype=np.int64))
    if offset + size > len(whole):
        raise ValueError(offset)
    return whole[offset : offset + size].view(dtype).reshape(shape)
