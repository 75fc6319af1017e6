"""Named SQL statements kept in a `.sql` file: `-- name: x` starts one, other lines that begin with `--` are remarks."""


def read_statements(text: str) -> dict[str, str]:
    """Return the statements of a file by name.

    Raises:
        ValueError: A statement without a name, or a name given twice.
    """
    statements: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in text.splitlines():
        if line.startswith("-- name:"):
            name = line.removeprefix("-- name:").strip()
            if name in statements:
                raise ValueError(f"the statement {name} is given twice")
            current = statements[name] = []
        elif not line.startswith("--") and line.strip():
            if current is None:
                raise ValueError(f"a statement without a name: {line}")
            current.append(line)
    return {name: "\n".join(lines) for name, lines in statements.items()}
