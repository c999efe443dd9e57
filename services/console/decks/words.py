"""Texts that services hold in both languages, as decks carry them."""

from dataclasses import dataclass

from services.console.accounts.person import Language


@dataclass(frozen=True, slots=True)
class Words:
    """What services say in both languages."""

    en: str
    zh: str

    def of(self, language: Language) -> str:
        """Give the words in a language."""
        return self.zh if language is Language.CHINESE else self.en
