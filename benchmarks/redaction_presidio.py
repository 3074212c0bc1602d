"""Presidio's pattern recognisers, without a model of language, over a JSON list of texts on standard input."""

from __future__ import annotations

import json
import sys
import time

import spacy
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine


def main() -> None:
    nlp = SpacyNlpEngine(
        models=[{"lang_code": "en", "model_name": "blank"}], ner_model_configuration=NerModelConfiguration()
    )
    nlp.nlp = {"en": spacy.blank("en")}
    engine = AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"])
    engine.analyze("warm", language="en")
    begin = time.perf_counter()
    found = [engine.analyze(text, language="en", score_threshold=float(sys.argv[1])) for text in json.load(sys.stdin)]
    seconds = time.perf_counter() - begin
    spans = [[[r.start, r.end, r.entity_type] for r in results] for results in found]
    json.dump({"spans": spans, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main()
