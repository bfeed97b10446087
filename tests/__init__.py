"""Tests of Symap: units that mirror the library, laws, pages without and with a browser, benchmarks."""
