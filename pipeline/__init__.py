"""Python side of the tool: the worker that runs units (`worker`) and safe file names (`names`)."""
