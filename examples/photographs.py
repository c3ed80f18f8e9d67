"""Write a folder of photographs with captions, from those that scikit-image ships.

python examples/photographs.py photos
widespectrum darkroom build photos --out photos-pairs
widespectrum audit examples/sharpness.py:sharpness --pairs photos-pairs/pairs.csv
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from PIL import Image
from skimage import data

CAPTIONS = {
    "astronaut": "a woman in an orange space suit in front of a flag",
    "chelsea": "a tabby cat looking past the camera",
    "coffee": "a cup of coffee on a saucer with a spoon",
    "rocket": "a rocket on a launch pad at dusk",
    "motorcycle": "a motorcycle parked in a garage full of tools",
}


def main(folder: Path) -> None:
    """Write the photographs and ``captions.csv`` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "captions.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["file", "caption"])
        for name, caption in CAPTIONS.items():
            # The motorcycle is the left half of a stereo pair.
            picture = data.stereo_motorcycle()[0] if name == "motorcycle" else getattr(data, name)()
            Image.fromarray(picture).convert("RGB").save(folder / f"{name}.png")
            table.writerow([f"{name}.png", caption])
    print(f"Wrote {len(CAPTIONS)} photographs and captions.csv to {folder}.")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "photos"))
