"""How well like claims find each other, and how long it takes: the figures of docs/validation/claims.md.

Each saying of tests/claims_alike.toml is looked up among all the others, in all languages at once. Found: a saying of
its own group is among those shown; first: the likest shown is one; wrong: others that are shown. Then the sayings of
two languages as they come in a forwarded message, and all with letters swapped. Beside our likeness stand its two
parts alone, and the token ratio that one would try first.

python benchmarks/claims.py [--write]
"""

import random
import sys
import time
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from unittest.mock import patch

from rapidfuzz import fuzz

from douse.outputs.claims import similar
from douse.outputs.claims.similar import ALIKE, Likenesses, folded

HERE = Path(__file__).parent
GROUPS = tomllib.loads((HERE.parent / "tests" / "claims_alike.toml").read_text(encoding="utf-8"))["group"]
Saying = tuple[str, str, str]  # name ("group.number"), language, text
SAYINGS: list[Saying] = [
    (f"{at}.{n}", group["language"], text) for at, group in enumerate(GROUPS) for n, text in enumerate(group["says"])
]
SHOWN = 5
FORWARDED = {
    "en": "Please forward to all your groups before it is deleted, my cousin who works there told me today: {} "
    "Nobody will tell you this officially, stay safe everybody and look after your parents",
    "zh": "紧急通知,请转发给所有的群:{} 这是内部消息,官方不会告诉你们的,大家照顾好自己和家里的老人小孩",
}
Likeness = Callable[[float, str, str], float]
WAYS: tuple[tuple[str, Likeness, tuple[float, ...]], ...] = (
    ("**both**", similar._likeness, (0.2, 0.25, ALIKE, 0.35, 0.4)),
    ("n-grams alone", lambda cosine, _, __: cosine, (0.15, 0.2, 0.25, 0.3)),
    ("partial ratio alone", lambda _, one, other: fuzz.partial_ratio(one, other) / 100, (0.5, 0.6, 0.7)),
    ("token set ratio", lambda _, one, other: fuzz.token_set_ratio(one, other) / 100, (0.5, 0.6, 0.7)),
)


def swapped(text: str, drawn: random.Random) -> str:
    """A text in which one letter in ten changed places with the next."""
    letters = list(text)
    for _ in range(max(2, len(letters) // 10)):
        at = drawn.randrange(len(letters) - 1)
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def figures(asked: Iterable[Saying], at_least: float) -> tuple[int, float, float, float]:
    """Looked up; shares found and likest right; wrong ones a look."""
    made = Likenesses((name, text) for name, _, text in SAYINGS)
    n = found = first = wrong = 0
    for name, _, text in asked:
        shown = made.like(text, at_least=at_least, most=SHOWN, but=(name,))
        own = [one.id.split(".")[0] == name.split(".")[0] for one in shown]
        n, found, first, wrong = n + 1, found + any(own), first + (bool(own) and own[0]), wrong + own.count(False)
    return n, found / n, first / n, wrong / n


def speed(claims: int) -> tuple[float, float, float]:
    """Seconds to make the index of so many claims, again after one more came, and milliseconds for a look."""
    drawn = random.Random(1)  # noqa: S311
    words = sorted(
        {word for _, language, text in SAYINGS if language in {"en", "es", "fr"} for word in folded(text).split()}
    )
    texts = [(str(at), " ".join(drawn.choices(words, k=12))) for at in range(claims)]
    similar._counted.cache_clear()
    taken = []
    for among in (texts[:-1], texts):
        began = time.perf_counter()
        made = Likenesses(among)
        taken.append(time.perf_counter() - began)
    began = time.perf_counter()
    for _, text in texts[:20]:
        made.like(text)
    return taken[0], taken[1], (time.perf_counter() - began) / 20 * 1000


def compared() -> Iterable[str]:
    """Rows of the table that compares the ways."""
    drawn = random.Random(3)  # noqa: S311
    forwarded = [
        (name, language, FORWARDED[language].format(text)) for name, language, text in SAYINGS if language in FORWARDED
    ]
    slips = [(name, language, swapped(text, drawn)) for name, language, text in SAYINGS]
    for label, likeness, steps in WAYS:
        with patch.object(similar, "_likeness", likeness):
            for at_least in steps:
                n, found, first, wrong = figures(SAYINGS, at_least)
                _, in_message, _, wrong_in_message = figures(forwarded, at_least)
                _, with_slips, _, _ = figures(slips, at_least)
                yield (
                    f"| {label} | {at_least:g} | {n} | {found:.0%} | {first:.0%} | {wrong:.2f} | {in_message:.0%} "
                    f"| {wrong_in_message:.2f} | {with_slips:.0%} |"
                )


def main() -> None:
    lines = [
        "| likeness | shown from | looked up | found | likest is right | wrong ones a look "
        "| found in a forwarded message | wrong ones there | found with letters swapped |",
        "|---|---|---|---|---|---|---|---|---|", *compared(), "",
        "| language | looked up | found | likest is right | wrong ones a look |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for language in dict.fromkeys(language for _, language, _ in SAYINGS):
        n, found, first, wrong = figures([one for one in SAYINGS if one[1] == language], ALIKE)
        lines.append(f"| {language} | {n} | {found:.0%} | {first:.0%} | {wrong:.2f} |")
    lines += ["", "| claims | index made, s | again, one claim more, s | a look, ms |", "|---|---|---|---|"]
    for claims in (1_000, 10_000):
        ready, again, look = speed(claims)
        lines.append(f"| {claims:,} | {ready:.2f} | {again:.2f} | {look:.1f} |")
    text = "\n".join(lines)
    print(text)
    if "--write" in sys.argv:
        page = HERE.parent / "docs" / "validation" / "claims.md"
        head, rest = page.read_text(encoding="utf-8").split("<!-- figures -->")
        after = rest.partition("\n## ")[1:]
        page.write_text(f"{head}<!-- figures -->\n{text}\n{''.join(after)}", encoding="utf-8")


if __name__ == "__main__":
    main()
