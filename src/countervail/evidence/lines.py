"""Line numbers of YAML entries, so that a message can point at the line."""

from pathlib import Path

import yaml

from countervail.files import read_text

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Lines:
    """The lines of a YAML file: ask by path, as in `lines.of("measures", 3, "announced")`.

    A path that does not exist in the file answers with the line of its deepest part that does.
    """

    def __init__(self, path: Path) -> None:
        self._root = yaml.compose(read_text(path), Loader=_LOADER)

    def of(self, *path: str | int) -> int:
        """Return the line, counted from 1."""
        node, line = self._root, 1
        for step in path:
            key, found = None, None
            if isinstance(node, yaml.MappingNode):
                for key_node, value in node.value:
                    if key_node.value == str(step):
                        key, found = key_node, value
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                key = found = node.value[step]
            if found is None or key is None:
                break
            node, line = found, key.start_mark.line + 1
        return line
