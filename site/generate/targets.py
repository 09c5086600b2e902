"""Names of ligands, receptors and genes, and the list of interacting pairs."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from generate.sizes import Size

# Always there, at every size: what the default views start from, and the names that are awkward
# as file names (colons, hyphens, suffixes, pairs that differ in case only).
CORE_PAIRS = [
    ("Ccl2", "Ccr2"),
    ("Ccl2", "Ccr1"),
    ("Ccl2", "Ackr1"),
    ("Ccl7", "Ccr2"),
    ("Ccl5", "Ccr1"),
    ("Cxcl12", "Cxcr4"),
    ("Apoe", "Lrp1"),
    ("Apoe", "Ldlr"),
    ("Apoe", "Trem2"),
    ("Apoe", "Sorl1"),
    ("Spp1", "Cd44"),
    ("Tgfb1", "TGFBR1_TGFBR2_complex"),
    ("Il12b", "IL12RB1_IL12RB2_complex"),
    ("H2-T23", "CD94:NKG2A"),
    ("H2-T23", "CD94:NKG2C"),
    ("H2-T23", "CD94:NKG2E"),
    ("H2-M3", "CD94:NKG2A"),
    ("Lif", "Lifr"),
    ("LIF", "LIFR"),
    ("Osm", "Osmr"),
    ("OSM", "OSMR"),
    ("Osm", "Lifr"),
    ("Cd47", "Sirpa"),
    ("Cd274", "Pdcd1"),
    ("Cd274", "Cd80"),
    ("Cd80", "Cd28"),
    ("Icam1", "Itgal"),
    ("Cadm1", "Cadm1"),
    ("HLA-DPA1", "Cd4"),
]
# Receptors with hundreds of significant genes.
HUBS = ("Ccr2", "Ccr1", "Lrp1", "Trem2", "Lifr", "Cxcr4", "Cd44", "Ldlr")
# Ligands that most cells of some types express and that change clearly.
LEADS = ("Ccl2", "Apoe")

_MOST_OF_LIGAND, _MOST_OF_RECEPTOR = 21, 46

_LIGAND_FAMILIES = [
    ("Ccl{}", 28), ("Cxcl{}", 17), ("Il{}", 38), ("Wnt{}a", 11), ("Wnt{}b", 10), ("Fgf{}", 23),
    ("Bmp{}", 15), ("Gdf{}", 15), ("Tnfsf{}", 18), ("Sema3{}", 7), ("Sema4{}", 7), ("Efna{}", 5),
    ("Efnb{}", 3), ("Col{}a1", 28), ("Col{}a2", 9), ("Lama{}", 5), ("Lamb{}", 4), ("Lamc{}", 3),
    ("Nrg{}", 4), ("Angptl{}", 8), ("Igfbp{}", 7), ("S100a{}", 18), ("Adamts{}", 20), ("Mmp{}", 28),
    ("Defb{}", 50), ("Lgals{}", 12), ("Pcsk{}", 9), ("Timp{}", 4), ("Ifna{}", 16),
    ("Serpina{}", 12),
]  # fmt: skip
_RECEPTOR_FAMILIES = [
    ("Ccr{}", 10), ("Cxcr{}", 6), ("Il{}ra", 31), ("Il{}rb", 22), ("Fzd{}", 10), ("Fgfr{}", 4),
    ("Acvr{}", 2), ("Tnfrsf{}", 27), ("Plxna{}", 4), ("Plxnb{}", 3), ("Epha{}", 10), ("Ephb{}", 6),
    ("Itga{}", 11), ("Itgb{}", 8), ("Tlr{}", 13), ("Gpr{}", 120), ("Htr{}a", 7), ("S1pr{}", 5),
    ("Lpar{}", 6), ("Ptger{}", 4), ("Grm{}", 8), ("P2ry{}", 14), ("P2rx{}", 7), ("Taar{}", 9),
    ("ITGA{}_ITGB1_complex", 9), ("Klra{}", 22), ("Notch{}", 4), ("Lilrb{}", 5), ("Mrgpra{}", 9),
    ("Fpr{}", 3), ("Ptprz{}", 3), ("Chrm{}", 5), ("Adrb{}", 3), ("Sstr{}", 5), ("Robo{}", 4),
]  # fmt: skip
_FAMILIES_OF_BOTH = [
    ("Cd{}", 99), ("H2-Q{}", 10), ("Cdh{}", 20), ("Nectin{}", 4), ("Jam{}", 3), ("Nlgn{}", 4),
    ("Pcdh{}", 20), ("Sdc{}", 4), ("Cntn{}", 6), ("Fat{}", 4), ("Slitrk{}", 6), ("Dsg{}", 4),
]  # fmt: skip


@dataclass(frozen=True)
class Names:
    """All names of one data set. All are sorted; `genes` are the targets and fillers."""

    ligands: list[str]
    receptors: list[str]
    pairs: list[tuple[str, str]]
    targets: list[str]
    genes: list[str]


def names(size: Size, random: np.random.Generator) -> Names:
    """Names and pairs for `size`, the same for equal states of `random`."""
    first = list(dict.fromkeys(ligand for ligand, _ in CORE_PAIRS))
    second = list(dict.fromkeys(receptor for _, receptor in CORE_PAIRS))
    core_both = [name for name in first if name in second]
    taken = {*first, *second}
    only_ligands = [name for name in first if name not in core_both]
    only_receptors = [name for name in second if name not in core_both]
    only_ligands += _members(_LIGAND_FAMILIES, taken, size.ligands - len(only_ligands))
    only_receptors += _members(_RECEPTOR_FAMILIES, taken, size.receptors - len(only_receptors))
    both = core_both + _members(_FAMILIES_OF_BOTH, taken, size.both - len(core_both))
    ligands, receptors = sorted(only_ligands + both), sorted(only_receptors + both)
    targets = sorted({*ligands, *receptors})
    fillers = [f"Gm{number:05}" for number in range(1, size.genes - len(targets) + 1)]
    pairs = _pairs(ligands, receptors, size.pairs, random)
    return Names(ligands, receptors, pairs, targets, sorted(targets + fillers))


def _members(families: list[tuple[str, int]], taken: set[str], count: int) -> list[str]:
    """`count` names, some of each family; they join `taken`."""

    def of(pattern: str, members: int) -> Iterator[str]:
        letters = pattern.startswith("Sema")
        for number in range(1, members + 1):
            yield pattern.format(chr(ord("a") + number - 1) if letters else number)

    by_turns = itertools.zip_longest(*(of(*family) for family in families))
    free = (name for turn in by_turns for name in turn if name and name not in taken)
    found = list(itertools.islice(free, count))
    if len(found) < count:
        raise ValueError(f"the families hold {len(found)} names; {count} are needed")
    taken.update(found)
    return found


def _pairs(
    ligands: list[str], receptors: list[str], count: int, random: np.random.Generator
) -> list[tuple[str, str]]:
    """`count` pairs: the core, then one for each name, then more for a few popular ones."""
    weights_l = random.pareto(1.1, len(ligands)) + 0.2
    weights_r = random.pareto(0.9, len(receptors)) + 0.2
    weights_r[[receptors.index(name) for name in HUBS]] += np.sort(weights_r)[-8:]
    pairs = dict.fromkeys(CORE_PAIRS)
    of_ligand = Counter(ligand for ligand, _ in pairs)
    of_receptor = Counter(receptor for _, receptor in pairs)

    def add(ligand: str, receptor: str) -> None:
        full = of_ligand[ligand] >= _MOST_OF_LIGAND or of_receptor[receptor] >= _MOST_OF_RECEPTOR
        if not full and (ligand, receptor) not in pairs:
            pairs[ligand, receptor] = None
            of_ligand[ligand] += 1
            of_receptor[receptor] += 1

    share_l, share_r = weights_l / weights_l.sum(), weights_r / weights_r.sum()
    lonely_l = [name for name in ligands if not of_ligand[name]]
    lonely_r = [name for name in receptors if not of_receptor[name]]
    for ligand, receptor in itertools.zip_longest(
        random.permutation(lonely_l).tolist(), random.permutation(lonely_r).tolist()
    ):
        while ligand and not of_ligand[ligand]:
            add(ligand, receptor or receptors[random.choice(len(receptors), p=share_r)])
            receptor = None
        while receptor and not of_receptor[receptor]:
            add(ligands[random.choice(len(ligands), p=share_l)], receptor)
    while len(pairs) < count:
        drawn_l = random.choice(len(ligands), count, p=share_l)
        drawn_r = random.choice(len(receptors), count, p=share_r)
        for i, j in zip(drawn_l.tolist(), drawn_r.tolist(), strict=True):
            if len(pairs) < count:
                add(ligands[i], receptors[j])
    return sorted(pairs)
