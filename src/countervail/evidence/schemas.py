"""Writes the JSON Schemas of the tables; `python -m countervail.evidence.schemas` renews the files."""

import json
from pathlib import Path

from countervail.evidence import records as r
from countervail.files import write_text

SCHEMA_DIR = Path(__file__).parent / "schema"
TABLES = {
    "accelerators": r.Accelerator,
    "measures": r.Measure,
    "entities": r.Entity,
    "history": r.Observation,
    "sources": r.Source,
    "priors": r.Prior,
    "alliances": r.Alliance,
    "standards": r.Standard,
    "timeline": r.Event,
    "rates": r.Rate,
    "prior_models": r.PriorModel,
}


def schema_text(table: str) -> str:
    """Return the JSON Schema of one row of a table."""
    schema = TABLES[table].model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write_schemas(folder: Path = SCHEMA_DIR) -> list[Path]:
    """Write one file per table and return the paths."""
    paths = []
    for table in TABLES:
        path = folder / f"{table}.json"
        write_text(path, schema_text(table))
        paths.append(path)
    return paths


if __name__ == "__main__":
    for written in write_schemas():
        print(written.name)
