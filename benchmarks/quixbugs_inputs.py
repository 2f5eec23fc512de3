"""Random inputs for each QuixBugs program, within the preconditions that its docstring states."""

from collections.abc import Callable
from itertools import pairwise
from random import Random

Arguments = tuple[object, ...]


class Node:
    """A node of the lists and graphs some programs walk; the attributes are the collection's."""

    def __init__(self, value: int) -> None:
        self.value = value
        self.successor: Node | None = None
        self.successors: list[Node] = []
        self.predecessors: list[Node] = []
        self.incoming_nodes: list[Node] = []
        self.outgoing_nodes: list[Node] = []

    def link(self, other: "Node") -> None:
        """Add an edge, under both of the names that programs use."""
        self.successors.append(other)
        self.outgoing_nodes.append(other)
        other.predecessors.append(self)
        other.incoming_nodes.append(self)


def make(program: str, number: int) -> Arguments:
    """The arguments of this number: the same ones in new objects for every call."""
    return GENERATORS[program](Random(f"{program} {number}"))


def _ints(dice: Random, low: int = -20, high: int = 20, most: int = 9) -> list[int]:
    return [dice.randint(low, high) for _ in range(dice.randint(0, most))]


def _unique(dice: Random, most: int = 9, least: int = 0) -> list[int]:
    return dice.sample(range(-30, 30), dice.randint(least, most))


def _word(dice: Random, most: int = 7, letters: str = "abc") -> str:
    return "".join(dice.choice(letters) for _ in range(dice.randint(0, most)))


def _sorted_and_wanted(dice: Random) -> Arguments:
    values = sorted(_ints(dice, most=14))
    inside = bool(values) and dice.random() < 0.6
    return values, dice.choice(values) if inside else dice.randint(-22, 22)


def _nested(dice: Random, depth: int = 3) -> list[object]:
    return [
        _nested(dice, depth - 1) if depth and dice.random() < 0.4 else dice.randint(0, 9)
        for _ in range(dice.randint(0, 4))
    ]


def _kheapsort(dice: Random) -> Arguments:
    values = sorted(_unique(dice, most=12))
    k = dice.randint(0, 4)
    last = len(values)
    if k:
        # Shuffling inside blocks of k + 1 moves nothing by more than k places.
        blocks = [values[i : i + k + 1] for i in range(0, last, k + 1)]
        values = [value for block in blocks for value in dice.sample(block, len(block))]
    return values, k


def _knapsack(dice: Random) -> Arguments:
    items = [[dice.randint(1, 12), dice.randint(0, 30)] for _ in range(dice.randint(0, 6))]
    return dice.randint(0, 30), items


def _kth(dice: Random) -> Arguments:
    values = [dice.randint(-9, 9), *_ints(dice, -9, 9)]
    return values, dice.randrange(len(values))


def _next_palindrome(dice: Random) -> Arguments:
    half = [dice.choice([0, 1, 5, 8, 9, 9]) for _ in range(dice.randint(1, 4))]
    half[0] = dice.randint(1, 9)
    middle = [dice.choice([0, 4, 9])] if dice.random() < 0.5 else []
    return ([*half, *middle, *reversed(half)],)


def _next_permutation(dice: Random) -> Arguments:
    values = _unique(dice, least=2, most=7)
    if values == sorted(values, reverse=True):
        values.reverse()
    return (values,)


def _rpn(dice: Random) -> Arguments:
    tokens: list[object] = [float(dice.randint(1, 20))]
    depth = 1
    for _ in range(dice.randint(0, 8)):
        if depth > 1 and dice.random() < 0.5:
            tokens.append(dice.choice("+-*/"))
            depth -= 1
        else:
            tokens.append(float(dice.randint(1, 20)))
            depth += 1
    return ([*tokens, *(dice.choice("+-*/") for _ in range(depth - 1))],)


def _infix(dice: Random) -> Arguments:
    tokens: list[object] = [dice.randint(0, 50)]
    for _ in range(dice.randint(0, 7)):
        tokens += [dice.choice("+-*/"), dice.randint(0, 50)]
    return (tokens if dice.random() < 0.95 else [],)


def _wrap(dice: Random) -> Arguments:
    """Only the first word may be too long for a line: the reference never ends on a later one."""
    columns = dice.randint(2, 15)
    words = [_word(dice, most=columns - 1) or "a" for _ in range(dice.randint(0, 12))]
    first = _word(dice, most=3 * columns)
    return " ".join([first, *words] if first else words), columns


def _linked(dice: Random, least: int) -> list[Node]:
    nodes = [Node(number) for number in range(dice.randint(least, 8))]
    for node, successor in pairwise(nodes):
        node.successor = successor
    return nodes


def _detect_cycle(dice: Random) -> Arguments:
    nodes = _linked(dice, least=1)
    if dice.random() < 0.5:
        nodes[-1].successor = dice.choice(nodes)
    return (nodes[0],)


def _reverse(dice: Random) -> Arguments:
    nodes = _linked(dice, least=0)
    return (nodes[0] if nodes else None,)


def _graph(dice: Random, *, acyclic: bool) -> tuple[list[Node], list[tuple[int, int]]]:
    nodes = [Node(number) for number in range(dice.randint(1, 7))]
    edges = [
        (a, b)
        for a in range(len(nodes))
        for b in range(len(nodes))
        if (a < b if acyclic else a != b) and dice.random() < 0.3
    ]
    dice.shuffle(edges)
    for a, b in edges:
        nodes[a].link(nodes[b])
    return nodes, edges


def _search(dice: Random) -> Arguments:
    nodes, _ = _graph(dice, acyclic=False)
    return dice.choice(nodes), dice.choice(nodes)


def _shortest_path_length(dice: Random) -> Arguments:
    nodes, edges = _graph(dice, acyclic=False)
    lengths = {(nodes[a], nodes[b]): dice.randint(1, 10**6) for a, b in edges}
    return lengths, dice.choice(nodes), dice.choice(nodes)


def _topological(dice: Random) -> Arguments:
    nodes, _ = _graph(dice, acyclic=True)
    return (dice.sample(nodes, len(nodes)),)


def _weights(dice: Random) -> tuple[int, dict[tuple[int, int], int]]:
    """A graph in which every node but 0 has an edge into it, and no cycle is negative."""
    size = dice.randint(2, 6)
    edges = {(dice.randrange(b), b) for b in range(1, size)}
    edges |= {(a, b) for a in range(size) for b in range(a + 1, size) if dice.random() < 0.3}
    ordered = sorted(edges)
    dice.shuffle(ordered)
    return size, {edge: dice.randint(-5, 20) for edge in ordered}


def _minimum_spanning_tree(dice: Random) -> Arguments:
    _, weights = _weights(dice)
    different = dice.sample(range(1, 100), len(weights))
    return (dict(zip(weights, different, strict=True)),)


def _subsequences(dice: Random) -> Arguments:
    first = dice.randint(0, 5)
    return first, first + dice.randint(0, 7), dice.randint(0, 4)


def _sorting(dice: Random) -> Arguments:
    return (_ints(dice),)


GENERATORS: dict[str, Callable[[Random], Arguments]] = {
    "bitcount": lambda dice: (dice.choice([0, 1, dice.getrandbits(8), dice.getrandbits(40)]),),
    "breadth_first_search": _search,
    "bucketsort": lambda dice: (_ints(dice, 0, 9), 10 + dice.randint(0, 5)),
    "depth_first_search": _search,
    "detect_cycle": _detect_cycle,
    "find_first_in_sorted": _sorted_and_wanted,
    "find_in_sorted": _sorted_and_wanted,
    "flatten": lambda dice: (_nested(dice),),
    "gcd": lambda dice: (dice.randint(0, 300), dice.randint(0, 300)),
    "get_factors": lambda dice: (dice.randint(1, 2000),),
    "hanoi": lambda dice: (dice.randint(0, 5), *dice.sample([1, 2, 3], 2)),
    "is_valid_parenthesization": lambda dice: (_word(dice, most=10, letters="()"),),
    "kheapsort": _kheapsort,
    "knapsack": _knapsack,
    "kth": _kth,
    "lcs_length": lambda dice: (_word(dice, most=9), _word(dice, most=9)),
    "levenshtein": lambda dice: (_word(dice, most=5), _word(dice, most=5)),
    "lis": lambda dice: (_unique(dice),),
    "longest_common_subsequence": lambda dice: (_word(dice), _word(dice)),
    "max_sublist_sum": _sorting,
    "mergesort": _sorting,
    "minimum_spanning_tree": _minimum_spanning_tree,
    "next_palindrome": _next_palindrome,
    "next_permutation": _next_permutation,
    "pascal": lambda dice: (dice.randint(1, 12),),
    "possible_change": lambda dice: (
        dice.sample(range(1, 13), dice.randint(0, 4)),
        dice.randint(-3, 30),
    ),
    "powerset": lambda dice: (_unique(dice, most=6),),
    "quicksort": _sorting,
    "reverse_linked_list": _reverse,
    "rpn_eval": _rpn,
    "shortest_path_length": _shortest_path_length,
    "shortest_path_lengths": _weights,
    "shortest_paths": lambda dice: (0, _weights(dice)[1]),
    "shunting_yard": _infix,
    "sieve": lambda dice: (dice.randint(0, 60),),
    "sqrt": lambda dice: (dice.uniform(1, 200), 10.0 ** -dice.randint(1, 6)),
    "subsequences": _subsequences,
    "to_base": lambda dice: (dice.randint(1, 100_000), dice.randint(2, 36)),
    "topological_ordering": _topological,
    "wrap": _wrap,
}
