"""Bloom filters: identifiers as bit patterns that are alike when the identifiers are alike."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from defenses.secret_key import Secret
from defenses.upload_list import TokenDefense, token_columns, without
from exports.errors import LabError
from exports.release import Export, Release
from exports.schema import Column, Role

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

Hashing = Literal["double", "blake2"]
ROWS = 32_768
"""Rows encoded at once; a block takes this many times ``bits`` bytes."""


class Bloom(TokenDefense):
    """Encode the identifiers of each row as one Bloom filter of their n-grams (a CLK).

    The recipient compares bit patterns and so matches in spite of typing errors. Frequent n-grams
    make frequent patterns: without a key anyone encodes a dictionary, and with one frequencies
    and similarities still open names and addresses. It promises nothing.

    Parameters
    ----------
    columns : sequence of str, str or None
        Columns that go into the filter, default every identifier, else every token; they are
        replaced by one column.
    n : int, default 2
        Length of the n-grams; the text is padded by ``n - 1`` spaces at both ends.
    positional : bool, default False
        Whether an n-gram elsewhere in the text is another one.
    bits_per_token : int, default 10
        Bits that one n-gram sets.
    bits : int, default 1024
        Length of the filter; a power of 2 for ``blake2``.
    hashing : {"double", "blake2"}
        How positions are made: the two-hash scheme of Schnell, or keyed BLAKE2.
    key_file, key_env : path or str, or None
        Where the key that both parties share lies; without either the key is empty and public.
    output : str, default "clk"
        Name of the new token column: base64 of the filter.

    Notes
    -----
    Equal, bit by bit, to clkhash 0.18.3 with ``bitsPerToken``, HKDF-SHA-256 keys and
    ``prevent_singularity`` on.

    References
    ----------
    Schnell, Bachteler and Reiher (2009), doi:10.1186/1472-6947-9-41.
    Christen, Schnell, Vatsalan and Ranbaduge (2017), doi:10.1007/978-3-319-57454-7_49.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> export = Export(pa.table({"mail": ["ann@mail.example"]}), Schema.of(identifier=["mail"]))
    >>> Bloom(bits=64, bits_per_token=2).transform(export).rows["clk"].to_pylist()
    ['LOKFCuNieqQ=']
    """

    name: ClassVar[str] = "bloom"

    def __init__(
        self,
        columns: Sequence[str] | str | None = None,
        *,
        n: int = 2,
        positional: bool = False,
        bits_per_token: int = 10,
        bits: int = 1024,
        hashing: Hashing = "double",
        key_file: str | Path | None = None,
        key_env: str | None = None,
        output: str = "clk",
    ) -> None:
        self.columns = columns
        self.n = n
        self.positional = positional
        self.bits_per_token = bits_per_token
        self.bits = bits
        self.hashing = hashing
        self.key_file = key_file
        self.key_env = key_env
        self.output = output

    def transform(self, export: Export) -> Release:
        """Return the upload list with one filter in place of the identifiers."""
        keyed = self.key_file is not None or self.key_env is not None
        upload = self._encoded(export, Secret.read(self.key_file, self.key_env).key if keyed else b"")
        return self.released(upload)

    def recipient_tokens(self, accounts: Export) -> pa.Table:
        """Return the accounts as filters without a key, which match only a list without one."""
        return self._encoded(accounts, b"").table

    def _encoded(self, export: Export, secret: bytes) -> Export:
        columns = token_columns(export.schema, self.columns)
        if min(self.n, self.bits_per_token, self.bits // 8) < 1 or self.bits % 8:
            raise LabError(
                f"n is {self.n}, bits_per_token {self.bits_per_token} and bits {self.bits}: the first two "
                "must be at least 1 and the last a multiple of 8."
            )
        if self.hashing == "blake2" and self.bits & (self.bits - 1):
            raise LabError(f"bits is {self.bits} but must be a power of 2 for blake2: take 1024.")
        keys = hkdf_keys(secret, 2 * len(columns))
        filters = self._filters(export, columns, [keys[2 * i : 2 * i + 2] for i in range(len(columns))])
        rest = without(export, columns)
        declared = {**rest.schema.columns, self.output: Column(Role.TOKEN)}
        schema = replace(rest.schema, columns=MappingProxyType(declared))
        return Export(rest.table.append_column(self.output, filters), schema)

    def _filters(
        self, export: Export, columns: Sequence[str], keys: Sequence[Sequence[bytes]]
    ) -> pa.ChunkedArray:
        import duckdb
        import pyarrow as pa

        codes, positions = zip(
            *(self._ngrams(export.table[name], pair) for name, pair in zip(columns, keys, strict=True)),
            strict=True,
        )
        packed = []
        rows = np.arange(ROWS)[:, None]
        for start in range(0, export.table.num_rows, ROWS):
            block = np.zeros((min(ROWS, export.table.num_rows - start), self.bits), dtype=bool)
            for column, where in zip(codes, positions, strict=True):
                for code in column:
                    here = code[start : start + ROWS]
                    present = here >= 0
                    block[rows[: len(here)][present], where[here[present]]] = True
            packed.append(pa.array(np.packbits(block, axis=1).reshape(-1)))
        width = self.bits // 8
        flat = pa.concat_arrays(packed) if packed else pa.array([], pa.uint8())
        filters = pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(width), export.table.num_rows, [None, flat.buffers()[1]]
        )
        with duckdb.connect() as con:
            con.register("filters", pa.table({"filter": filters.cast(pa.binary())}))
            return con.sql("SELECT to_base64(filter) AS clk FROM filters").to_arrow_table()["clk"]

    def _ngrams(
        self, column: pa.ChunkedArray, keys: Sequence[bytes]
    ) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
        """Return the code of each row's n-gram, place by place (-1 for none), and the bits of each code."""
        import pyarrow as pa
        import pyarrow.compute as pc

        text = column.cast(pa.string()).combine_chunks()
        pad = " " * (self.n - 1)
        padded = pc.binary_join_element_wise(pad, text, pad, "")
        lengths = pc.fill_null(pc.utf8_length(text), 0)
        places = (pc.max(lengths).as_py() or 0) + self.n - 1
        grams = []
        for place in range(places):
            there = pc.and_(pc.greater(lengths, 0), pc.greater(lengths, place - self.n + 1))
            gram = pc.utf8_slice_codeunits(padded, place, place + self.n)
            if self.positional:
                gram = pc.binary_join_element_wise(str(place + 1), gram, " ")
            grams.append(pc.if_else(there, gram, None))
        coded = pa.chunked_array(grams, pa.string()).dictionary_encode()
        distinct = coded.chunk(0).dictionary.to_pylist() if coded.num_chunks else []
        codes = [pc.fill_null(chunk.indices.cast(pa.int64()), -1).to_numpy() for chunk in coded.chunks]
        return codes, np.array([self._positions(gram.encode(), keys) for gram in distinct], dtype=np.int64)

    def _positions(self, gram: bytes, keys: Sequence[bytes]) -> list[int]:
        if self.hashing == "blake2":
            return _blake2_positions(gram, keys[0], self.bits_per_token, self.bits)
        first = int.from_bytes(hmac.digest(keys[0], gram, "sha1"), "big") % self.bits
        step, tries = int.from_bytes(hmac.digest(keys[1], gram, "md5"), "big") % self.bits, 0
        while step == 0:
            again = gram + chr(tries).encode()
            step, tries = int.from_bytes(hmac.digest(keys[1], again, "md5"), "big") % self.bits, tries + 1
        return [(first + turn * step) % self.bits for turn in range(self.bits_per_token)]


def _blake2_positions(gram: bytes, key: bytes, count: int, bits: int) -> list[int]:
    blocks = [
        hashlib.blake2b(gram, key=key, salt=str(block).encode()).digest() for block in range(-(-count // 32))
    ]
    numbers = np.frombuffer(b"".join(blocks), dtype="<u2")[:count]
    return [int(number) % bits for number in numbers]


def hkdf_keys(secret: bytes, count: int, size: int = 64) -> list[bytes]:
    """Return ``count`` keys derived from a secret by HKDF-SHA-256 without salt and context.

    References
    ----------
    Krawczyk and Eronen (2010), doi:10.17487/RFC5869.
    """
    extracted = hmac.digest(b"\0" * 32, secret, "sha256")
    material, block = b"", b""
    for number in range(1, -(-count * size // 32) + 1):
        block = hmac.digest(extracted, block + bytes([number]), "sha256")
        material += block
    return [material[start : start + size] for start in range(0, count * size, size)]
