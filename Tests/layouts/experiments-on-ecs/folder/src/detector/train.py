import json
from pathlib import Path

import torch


def main(name="baseline"):
    model = torch.nn.Linear(4, 2)
    folder = Path("experiments") / name
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), folder / "checkpoints" / "best.ckpt")
    (folder / "results.json").write_text(json.dumps({"loss": 0.1}))


if __name__ == "__main__":
    main()
