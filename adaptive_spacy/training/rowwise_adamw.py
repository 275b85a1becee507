"""Row-wise AdamW for embeddings: only the rows that ever had a gradient cost something.

A batch touches a few hundred rows of a vocabulary of tens of thousands, and a small corpus a few
thousand in all. A row that never had a gradient has moments of zero, so AdamW does nothing but
decay it; every other row goes on moving by its moments, in each step, as it should. So this is
exact, unlike the lazy variants that skip such steps (`torch.optim.SparseAdam`).
"""

import torch
from torch import Tensor
from torch.nn import Parameter


class TouchedRows:
    """The rows of a matrix that ever had a gradient, as a parameter of their own.

    matrix (Parameter): The embedding. *Shape:* (n_rows, width)
    """

    def __init__(self, matrix: Parameter) -> None:
        self.matrix = matrix
        self.rows = torch.empty(0, dtype=torch.int64, device=matrix.device)
        #: Place of each row of the matrix among `rows`; -1: never touched
        self.places = torch.full((len(matrix),), -1, device=matrix.device)
        #: What the optimizer steps. *Shape:* (n_touched, width)
        self.values = Parameter(matrix.detach()[self.rows])

    @property
    def share(self) -> float:
        """RETURNS (float): Share of the matrix that was touched, in [0, 1]."""
        return len(self.rows) / max(1, len(self.matrix))

    def gather(self, gradient: Tensor) -> Tensor:
        """Read the rows as they are now, new ones last.

        gradient (Tensor): Of the matrix, sparse. *Shape:* (n_rows, width)
        RETURNS (Tensor): The gradient of `values`.
        """
        gradient = gradient.coalesce()
        touched = gradient.indices()[0]
        self.add(touched[self.places[touched] < 0])
        dense = torch.zeros_like(self.values)
        dense[self.places[touched]] = gradient.values()
        return dense

    def add(self, new: Tensor) -> None:
        """Take in rows that had no gradient before, and read all of them as they are now."""
        self.places[new] = torch.arange(
            len(self.rows), len(self.rows) + len(new), device=new.device
        )
        self.rows = torch.cat([self.rows, new])
        self.values.data = self.matrix.detach()[self.rows]

    def scatter(self, decay: float) -> None:
        """Write the rows back, and decay the others.

        decay (float): Factor on a weight without gradient or moments.
        """
        with torch.no_grad():
            if decay != 1.0:
                self.matrix.mul_(decay)
            self.matrix.index_copy_(0, self.rows, self.values)

    def spread(self, moments: Tensor) -> Tensor:
        """RETURNS (Tensor): A moment of `values` as one of the whole matrix."""
        whole = torch.zeros_like(self.matrix)
        whole[self.rows] = moments
        return whole


def pad_rows(moments: Tensor, size: int) -> Tensor:
    """RETURNS (Tensor): With rows of zeros added up to a size: new rows have no moments yet."""
    if len(moments) == size:
        return moments
    return torch.cat([moments, moments.new_zeros(size - len(moments), *moments.shape[1:])])
