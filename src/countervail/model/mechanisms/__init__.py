"""One file per mechanism: equation, source, parameters, limits."""
