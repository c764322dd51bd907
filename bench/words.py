"""Text for made-up forums: common words and rarer ones, sentences, and a little Markdown."""

import itertools
import math
import random

_COMMON = """
the be to of and a in that have it for not on with he as you do at this but his by from they we say
her she or an will my one all would there their what so up out if about who get which go me when make
can like time no just him know take people into year your good some could them see other than then
now look only come its over think also back after use two how our work first well way even new want
because any these give day most us garden bread wheel repair star board kettle train river window
paper winter summer recipe engine signal letter market bridge harbour village council teacher
""".split()  # noqa: SIM905 — words are easier to read and add to as a text
_SYLLABLES = [consonant + vowel for consonant in "bdfghklmnprstvw" for vowel in "aeio"]
_RARE = 4_000
_SENTENCES = 6_000
_COMMENT_CHARS = (math.log(135), 0.7)
_BODY_CHARS = (math.log(350), 0.8)
_BOUNDS = (15, 6_000)


class Texts:
    """Draws texts by one source of chance; sentences are made once and used again."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        rare = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(_RARE)]
        self._words = _COMMON + rare
        weights = itertools.accumulate(1 / rank for rank in range(1, len(self._words) + 1))
        self._weights = list(weights)
        self._sentences = [self._sentence() for _ in range(_SENTENCES)]

    def _sentence(self) -> str:
        number = self._chance.randint(4, 18)
        words = self._chance.choices(self._words, cum_weights=self._weights, k=number)
        return " ".join(words).capitalize() + self._chance.choice("....?!")

    def title(self) -> str:
        """One line of up to 120 characters."""
        return self._chance.choice(self._sentences)[:120].rstrip(".")

    def comment(self) -> str:
        """About 180 characters, sometimes far more; a third with Markdown."""
        return self._text(*_COMMENT_CHARS, self._chance.random() < 0.35)

    def body(self) -> str:
        """About 400 characters, mostly with Markdown."""
        return self._text(*_BODY_CHARS, self._chance.random() < 0.7)

    def _text(self, mu: float, sigma: float, is_markdown: bool) -> str:
        low, high = _BOUNDS
        wanted = max(low, min(high, int(self._chance.lognormvariate(mu, sigma))))
        parts: list[str] = []
        length = 0
        while length < wanted:
            sentence = self._chance.choice(self._sentences)
            parts.append(sentence)
            length += len(sentence) + 1
        return self._marked(parts) if is_markdown else " ".join(parts)[:wanted].strip()

    def _marked(self, parts: list[str]) -> str:
        """The sentences with the marks that people use most."""
        kind = self._chance.randrange(5)
        first, *rest = parts
        others = " ".join(rest)
        if kind == 0:
            return f"> {first}\n\n{others}"
        if kind == 1:
            return "\n".join(f"- {part}" for part in parts)
        if kind == 2:
            return f"**{first}** {others}\n\nSee [this](https://pages.example/{len(first)})."
        if kind == 3:
            return f"{first}\n\n{others} `{first[:12]}`"
        return f"{others}\n\n*{first}* ~~{first[:20]}~~"
