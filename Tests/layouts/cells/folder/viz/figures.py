import pickle

CIRCOS = "compiled_figs/default_circos.pkl"
INTERACTIONS = "compiled_figs/default_interactions.pkl"
EFFECTS = "compiled_figs/default_ligand_effects.pkl"


def save(figure, path):
    with open(path, "wb") as file:
        pickle.dump(figure, file)


def load(path):
    with open(path, "rb") as file:
        return pickle.load(file)
