"""How much memory a run needs, said before it starts."""

import zenil_dynamics as zd


def require_memory(
    num_bytes: int, what: str, remedy: str = "Lower the number of types, replicates or generations."
) -> None:
    """Refuse what cannot fit.

    Args:
        num_bytes: bytes that will be needed.
        what: for the message.
        remedy: what to do.

    Raises:
        ValueError: more than is available; says both numbers.

    Source: Definition.
    """
    available = zd.devices.available_memory()
    if available is not None and num_bytes > available:
        raise ValueError(f"{what} needs about {num_bytes} bytes of memory; {available} bytes are available. {remedy}")
