"""Words that enough people share: which words of a published name or description the texts of a cluster support.

A model writes names and descriptions, and may be made to write what one person said. So every word of them is counted.

The rule
    A content word of a text that is published about a cluster is *supported* where the cluster holds k different users,
    each with a facet text that holds the word, and no two of these k texts are near-duplicates. For a group of clusters
    the texts are those of all clusters below it.

    - One vote a user, however many texts are theirs: whoever holds most of a cluster still has one vote. So no further
      cap is needed, and what share of the texts is one user's makes no difference.
    - One vote a text: texts whose stems are equal, or have a Jaccard index of at least 0.8, count once, whoever sent
      them. Forty accounts with one text are one supporter. The k voters differ pairwise both in user and in text, which
      is stricter than k users and k texts counted apart: those may be 39 users of one text and one user of nine others.
    - Names that need no model are counted with the same votes (:mod:`clioscope.naming.votes`), but there a short text
      may have half of the votes that are needed, and numbers make no difference (:mod:`clioscope.naming.support`).
    - They are found in one pass, first come first served, which may miss some. So does a sample. Both count too few and
      never too many, and what is counted too low is withheld.

What a content word is
    Every word but those of a public list of general words (``general.txt``), which tell nothing about a member.
    Numbers, proper nouns, rare words, single letters and symbols have no exemption, and a general word that stands
    inside a sentence with a capital ("Will", "May") counts as a name. Hyphens, slashes and underscores part words. But
    single characters in a row are one word, whatever parts them ("l e u k e m i a", "B.o.b"), and so is a run of a
    script without spaces that a space, hyphen or dot parts: that is what a reader sees.

When two words are the same
    After normalising (compatibility forms, letters of other scripts that look Latin, invisible characters, case,
    possessives) where their stems are equal, by Snowball's stemmer for the language of the text; or where both are in
    one line of a public list of general verbs and their nouns (``synonyms.txt``). Nothing is compared by nearness of
    meaning: one illness would vouch for another. Whether a word is negated makes no difference. The English name of the
    language that a conversation is in counts as a word of it.

    - Words of one stem that mean different things ("aids" and "aid", "politics" and "polite") are listed
      (``apart.txt``), and each stands for itself.
    - A word of capitals ("AIDS", "US", "U.S.") is only what is written in capitals too, in a text that is not mostly
      capitals; unless it is no other word in small letters ("SQL"), as far as a list knows (``acronyms.txt``).
    - A word with a capital inside a sentence that is another one without ("Polish", "May", "Apple": general words,
      general verbs and ``names.txt``) is only what has a capital inside a sentence too. All others are compared without
      case, since people write "python" and "paris".
    - In scripts without spaces a word is held by a text that has it as it stands, among whatever characters; a single
      character only where it stands alone, and katakana only where no further katakana is beside it.

What does not hold
    Words are counted, and not what they say together: two words that k users share each may be joined by nobody but
    one. What is listed above is what the lists know: English, and of it what is common. At the beginning of a
    sentence a capital tells nothing ("Polish" there is "polish"). First letters, every other word, or pieces that are
    words themselves ("wo man") are not put together. k accounts of one attacker with k different texts are k
    supporters. And a model that wants to can hide a little in which of the supported words it chooses; named from words
    alone (``names_from = "words"``) it knows nothing to hide.

The design follows the measurements in CLIOPATRA (arXiv 2603.09781) and the idea of Urania (arXiv 2506.04681) that a
name says only what was counted.
"""

from clioscope.naming.votes import Votes, near_duplicates
from clioscope.privacy.words.general import is_general, version
from clioscope.privacy.words.offending import content_of, offending
from clioscope.privacy.words.reading import Word, clean, words_of
from clioscope.privacy.words.shared import SharedWord, Voice, shared_words
from clioscope.privacy.words.stems import Text, reader_of
from clioscope.privacy.words.supports import Place, Supports

__all__ = [
    "Place",
    "SharedWord",
    "Supports",
    "Text",
    "Voice",
    "Votes",
    "Word",
    "clean",
    "content_of",
    "is_general",
    "near_duplicates",
    "offending",
    "reader_of",
    "shared_words",
    "version",
    "words_of",
]
