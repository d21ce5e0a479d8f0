"""Sentences of the report on language policy, written from frames."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import pandas as pd

from turkic_ties import countries
from turkic_ties.measures.common import of_last_year
from turkic_ties.words import count, listed, number, percent, years

ROUNDING = 0.005
"""Sums of published shares may be off by this much without a word."""

NAMED = 8
"""Languages with overlapping intervals are named up to this number, more are counted."""

SOFTWARE_LANGUAGES = {
    "apc": "Levantine Arabic",
    "az": "Azerbaijani",
    "de": "German",
    "en": "English",
    "kaa": "Karakalpak",
    "kk": "Kazakh",
    "ku": "Kurdish",
    "ky": "Kyrgyz",
    "ru": "Russian",
    "tk": "Turkmen",
    "tly": "Talysh",
    "tr": "Turkish",
    "ug_Cyrl": "Uyghur",
    "uz": "Uzbek",
    "zza": "Zaza",
}
"""Names of the language tags with at least a percent anywhere."""

VERBS = {
    "speaks": "speak",
    "understands speech": "understand",
    "reads and writes freely": "read and write freely",
    "commands, by the ministry's indicator": "command",
    "uses daily": "use daily",
    "mother tongue": "",
    "mostly spoken at home": "",
}
"""What was asked, in the order of the chart, and as a verb in a sentence where there is one."""


def published(share: float) -> str:
    """Write a published share (0 to 1) with at most one decimal; a round one has none.

    Examples
    --------
    >>> published(0.66), published(0.3235)
    ('66%', '32.4%')
    """
    return f"{100 * share:.1f}".removesuffix(".0") + "%"


def weak_grade(grades: Iterable[str]) -> str:
    """Write the grade behind figures from copies of an encyclopaedia or commentary.

    Examples
    --------
    >>> weak_grade(["A", "C"]), weak_grade(["B"])
    (' (grade C)', '')
    """
    return " (grade C)" if "C" in set(grades) else ""


# -- use and schooling --------------------------------------------------------------------------


def use(asked: pd.DataFrame, country_name: str) -> str:
    """Tell the latest answer: the question that was asked for several languages, or else the last.

    Parameters
    ----------
    asked
        Columns row (question and year), asked, indicator, language_name, year, share, grade.

    Examples
    --------
    >>> rows = [("speaks, 2021", "speaks", "speaks", "Russian", 2021, 0.837, "C")]
    >>> names = ["row", "asked", "indicator", "language_name", "year", "share", "grade"]
    >>> use(pd.DataFrame(rows, columns=names), "Kazakhstan")
    'Kazakhstan, 2021: 83.7% speak Russian (grade C)'
    """
    several = asked[asked.groupby("row")["language_name"].transform("size") > 1]
    several = several if len(several) else asked
    row = several.sort_values("year", kind="stable", ascending=False)["row"].iloc[0]
    latest = several[several["row"] == row].sort_values("share", ascending=False)
    first = latest.iloc[0]
    verb = VERBS[latest["indicator"].iloc[0]]
    text = ", ".join(latest["share"].map(published) + " " + latest["language_name"])
    text = text.replace("% ", f"% {verb} ", 1) if verb else f"{first['asked']}, {text}"
    return f"{country_name}, {first['year']}: {text}{weak_grade(latest['grade'])}"


def schooling(taught: pd.DataFrame, country_name: str) -> str:
    """Tell the first and last share of pupils taught in each language, by the same source.

    Parameters
    ----------
    taught
        Columns group, population, language_name, segment, year, share, approximate, grade.
    """
    pupils = taught[taught["group"].isin(["School pupils", "Single-language schools"])]
    pupils = pupils if len(pupils) else taught
    texts, grades = [], []
    for (name, _), line in pupils.groupby(["language_name", "segment"]):
        if len(line) > 1 and not line["approximate"].any():
            first = line.iloc[0]
            last = line.iloc[-1]
            then = f"{name} {published(first['share'])} in {first['year']}"
            texts.append(f"{then}, {published(last['share'])} in {last['year']}")
            grades += [first["grade"], last["grade"]]
    if not texts:
        only = pupils.iloc[-1]
        texts = [f"{only['language_name']} {published(only['share'])} in {only['year']}"]
        grades = [only["grade"]]
    text = f"{country_name}, {pupils['population'].iloc[0]} taught in {'; in '.join(texts)}"
    return text + weak_grade(grades)


def home_language(waves: pd.DataFrame) -> str:
    """Tell the last share of pupils tested in the language of their home, for each state.

    Parameters
    ----------
    waves
        Columns iso3, level, year, share.
    """
    last = waves.sort_values(["year", "level"]).groupby("iso3").tail(1).sort_values("iso3")
    texts = []
    for row in last.to_dict("records"):
        share = f"{countries.name(row['iso3'])} {percent(row['share'], 0)}"
        texts.append(f"{share} ({row['level']}, {row['year']})")
    return "; ".join(texts)


def changes(changes: pd.DataFrame, language_name: dict[str, str]) -> pd.DataFrame:
    """Lay out first and last readings for a reader; ≈ marks round ones and inferred years.

    Parameters
    ----------
    changes
        Columns indicator, language, population, first_year, last_year, first_share, last_share,
        change, approximate.
    """
    mark = changes["approximate"].map({True: "≈ ", False: ""})
    table = pd.DataFrame({"Language": changes["language"].map(language_name)})
    table["Asked"] = changes["indicator"] + ", " + changes["population"]
    for name in ("first", "last"):
        share = changes[f"{name}_share"].map(published)
        year = changes[f"{name}_year"]
        table[name.capitalize()] = mark + share + " (" + year.astype("str") + ")"
    table["Points"] = (100 * changes["change"]).map(lambda points: number(points, 1))
    return table


def changes_title(changes: pd.DataFrame) -> str:
    """Count the shares that rose between the first and the last reading of a source.

    Examples
    --------
    >>> changes_title(pd.DataFrame({"change": [0.1, 0.0, -0.2]}))
    'Shares that rose from the first to the last reading of the same source: 1 of 3'
    """
    rose = int((changes["change"] > 0).sum())
    start = "Shares that rose from the first to the last reading of the same source"
    return f"{start}: {rose} of {len(changes)}"


def sums_above_one(rows: pd.DataFrame) -> list[str]:
    """Tell where the shares of one year, as published, add up to more than the whole.

    Parameters
    ----------
    rows
        Columns segment, population, year, share; one row per language.
    """
    sums = rows.groupby(["segment", "population", "year"], as_index=False)["share"].sum()
    wrong = sums[sums["share"] > 1 + ROUNDING].to_dict("records")
    return [
        f"The shares of {row['population']} in {row['year']} add up to {published(row['share'])} "
        "as published, so at least one of them is wrong."
        for row in wrong
    ]


def mother_tongues(census: pd.DataFrame, country_name: str) -> str:
    """List the mother tongues of a census with at least a percent.

    Parameters
    ----------
    census
        Columns year, language_name, share_pct; one census.
    """
    large = census[census["share_pct"] >= 1].sort_values("share_pct", ascending=False)
    shares = large["language_name"] + " " + (large["share_pct"] / 100).map(published)
    asked = f"Mother tongue in {country_name} by the census of {census['year'].iloc[0]}"
    return f"{asked}, with at least 1%: {', '.join(shares)}."


def software(estimates: pd.DataFrame, country_name: str) -> str:
    """Tell the estimates made for software, of languages with at least a percent.

    Parameters
    ----------
    estimates
        Columns language_tag, population_percent; a second script of a language is left out.
    """
    large = estimates[estimates["population_percent"] >= 1]
    large = large.sort_values("population_percent", ascending=False)
    large = large[large["language_tag"].isin(list(SOFTWARE_LANGUAGES))]
    names = large["language_tag"].map(SOFTWARE_LANGUAGES)
    shares = names + " " + (large["population_percent"] / 100).map(published)
    made = "by estimates made for software, of mixed age and no census (Unicode CLDR)"
    return f"{country_name} {made}, with at least 1%: {', '.join(shares)}."


# -- letters and texts --------------------------------------------------------------------------


def letters(shared: int, jaccard: float, first: str, second: str) -> str:
    """Tell how many letters two alphabets share.

    Examples
    --------
    >>> letters(27, 27 / 33, "Kazakh Latin April 2021", "Turkish")
    'Kazakh Latin April 2021 and Turkish share 27 letters, 82% of all letters of either'
    >>> letters(0, 0, "Kyrgyz Cyrillic", "Turkish")
    'Kyrgyz Cyrillic and Turkish are two scripts and share no letter'
    """
    if pd.isna(jaccard):
        return f"The alphabets of {first} and {second} are not both in the tables"
    if not shared:
        return f"{first} and {second} are two scripts and share no letter"
    share = f"{percent(jaccard, 0)} of all letters of either"
    return f"{first} and {second} share {shared} letters, {share}"


def sounds(sounds: pd.DataFrame, language: str, partner_language: str) -> str:
    """Tell how many shared letters have a similar sound, and which have another.

    Parameters
    ----------
    sounds
        Columns letter, country_ipa, partner_ipa, relation; at least one row.
    """
    same = (sounds["relation"] == "same").sum()
    different = sounds[sounds["relation"] == "different"]
    text = f"Of {len(sounds)} shared letters {same} stand for a similar sound. "
    if len(different):
        own = different["letter"] + " [" + different["country_ipa"] + f"] in {language}"
        theirs = ", [" + different["partner_ipa"] + f"] in {partner_language}"
        text += f"Same letter, another sound: {'; '.join(own + theirs)}."
    else:
        text += "No shared letter stands for quite another sound."
    partly = sounds.loc[sounds["relation"] == "partly", "letter"]
    return text + (f" Partly alike: {', '.join(partly)}." if len(partly) else "")


def letter_table_subtitle(other_language: str, kazakh_version: str = "") -> str:
    """Explain the marks and columns of the letter table, of Kazakh if a version is given."""
    marks = (
        f"✓ {other_language} has the letter with a similar sound, ≈ partly similar, ≠ another "
        "sound, · sound unknown"
    )
    columns = "sounds of shared letters only; last columns: the letter, where that alphabet has it"
    if kazakh_version:
        columns = (
            "in brackets: loan letters the version has no letter for, spelled out; columns from "
            f"Turkish on: the letter of {kazakh_version}, where that alphabet has it"
        )
    return f"{marks}; {columns}; CTA: Common Turkic Alphabet of 2024"


def lost(lost: pd.DataFrame, title: str) -> str:
    """Tell which letters a Latin version writes alike, loan letters aside.

    Parameters
    ----------
    lost
        Columns kind, latin, cyrillic, loan.
    """
    lost = lost[~lost["loan"]]
    written = lost["cyrillic"] + " as " + lost["latin"]
    alike = written[lost["kind"].isin(["same letters", "like a sequence"])]
    text = f"{title} writes alike what Cyrillic keeps apart: {', '.join(alike)}"
    upper = written[lost["kind"] == "same upper case"]
    if len(upper):
        text += f"; in upper case also {', '.join(upper)}"
    return f"{text}. Loan letters aside."


def text_likeness(texts: pd.DataFrame, alphabet: str, language: str, other_language: str) -> str:
    """Tell how alike the texts of a pair are, and the nearest version if its interval lies higher.

    Parameters
    ----------
    texts
        Columns corpus, version, written (how the text is written), cosine, cosine_low, cosine_high:
        the texts of the pair in one script.
    alphabet
        The version of Kazakh the report is about.
    """
    if texts.empty:
        return f"{language} and {other_language} have no text in one script in the tables"
    chosen = texts[texts["version"].isin(["", alphabet])]
    corpus = (chosen if len(chosen) else texts)["corpus"].max()
    same_text = texts[texts["corpus"] == corpus].sort_values("cosine", ascending=False)
    chosen = same_text[same_text["version"].isin(["", alphabet])]
    now = (chosen if len(chosen) else same_text).iloc[0]
    best = same_text.iloc[0]
    kind = {"xwmt": "News sentences", "udhr": "The Declaration"}[corpus]
    text = f"{kind} in {language} ({now['written']}) and in {other_language} have a likeness of "
    text += f"{number(now['cosine'])} (1: equal)"
    if best["cosine_low"] > now["cosine_high"]:
        nearest = f"{best['written']} with {number(best['cosine'])}"
        text += f"; the version nearest to {other_language} is {nearest}"
    return text


def text_table(texts: pd.DataFrame, language: str) -> pd.DataFrame:
    """Lay out the likeness of a pair of texts with its intervals.

    Parameters
    ----------
    texts
        Columns corpus (as shown), written, cosine and identical with _low and _high.
    """
    rows = texts.to_dict("records")
    table = pd.DataFrame({"Text": texts["corpus"].to_list(), language: texts["written"].to_list()})
    table["Likeness"] = [_with_interval(row, "") for row in rows]
    table["Same words"] = [_same_words(row) for row in rows]
    return table


def _same_words(row: dict[Hashable, Any]) -> str:
    low = 100 * row["identical_low"]
    high = 100 * row["identical_high"]
    return f"{percent(row['identical'])} ({low:.1f}–{high:.1f})"


def text_title(texts: pd.DataFrame, first: str, second: str) -> str:
    """Say between which values the likeness of two languages lies, over texts and alphabets.

    Examples
    --------
    >>> text_title(pd.DataFrame({"cosine": [0.424, 0.242]}), "Kazakh", "Turkish")
    'Likeness of Kazakh and Turkish over all texts and versions: 0.24 to 0.42'
    """
    low = f"{texts['cosine'].min():.2f}"
    high = f"{texts['cosine'].max():.2f}"
    values = low if low == high else f"{low} to {high}"
    return f"Likeness of {first} and {second} over all texts and versions: {values}"


def script_table(both: pd.DataFrame) -> pd.DataFrame:
    """Lay out likeness in Cyrillic and in Latin with its intervals.

    Parameters
    ----------
    both
        Columns language, corpus (as shown), written_latin, and cosine, cosine_low, cosine_high for
        Cyrillic and with ``_latin``.
    """
    rows = both.to_dict("records")
    table = pd.DataFrame({"Language": both["language"], "Text": both["corpus"]})
    table["Both Cyrillic"] = [_with_interval(row, "") for row in rows]
    table["Both Latin"] = [_with_interval(row, "_latin") for row in rows]
    table["Latin version"] = both["written_latin"]
    return table


def _with_interval(row: dict[Hashable, Any], suffix: str) -> str:
    middle, low, high = (row[f"cosine{part}{suffix}"] for part in ("", "_low", "_high"))
    return f"{middle:.2f} ({low:.2f}–{high:.2f})"


def scripts(both: pd.DataFrame, language: str) -> str:
    """Tell how many texts are more alike in one script; overlapping intervals decide nothing.

    Parameters
    ----------
    both
        Columns cosine_low, cosine_high for Cyrillic and with ``_latin``.
    """
    cyrillic = int((both["cosine_low"] > both["cosine_high_latin"]).sum())
    latin = int((both["cosine_low_latin"] > both["cosine_high"]).sum())
    text = f"Texts compared with {language} in both scripts: {len(both)}; {cyrillic} more alike in "
    text += f"Cyrillic, {latin} in Latin"
    return text + ("; the other intervals overlap" if cyrillic + latin < len(both) else "")


# -- words --------------------------------------------------------------------------------------


def kinship(kinship: pd.DataFrame, state: str, language: str, other_language: str) -> str:
    """Tell the share of basic vocabulary two languages have in common, with its interval.

    Parameters
    ----------
    kinship
        Columns state, concepts, share, share_low, share_high.
    state
        The state of the other language.
    """
    of_state = kinship[kinship["state"] == state]
    if of_state.empty:
        return f"Basic vocabulary of {language} compared with the other state languages"
    row = of_state.iloc[0]
    low = f"{100 * row['share_low']:.0f}"
    high = percent(row["share_high"], 0)
    share = f"{percent(row['share'], 0)} of {row['concepts']} basic meanings ({low} to {high})"
    return f"{language} and {other_language} have a word of one origin for {share}"


def cognates(row: dict[str, float], language: str, other_language: str) -> str:
    """Tell how many edits lead from a word to its cognate.

    Parameters
    ----------
    row
        edit_distance, edit_low, edit_high.
    """
    edits, low, high = (percent(row[f"edit_{name}"], 0) for name in ("distance", "low", "high"))
    return (
        f"Where {language} and {other_language} have a common word, turning one into the other "
        f"takes edits to {edits} of its sounds on average ({low} to {high})."
    )


def nearest(relatives: pd.DataFrame, language: str) -> str:
    """Tell the largest share of basic vocabulary, and whose intervals reach it.

    Parameters
    ----------
    relatives
        Columns name, share, share_low, share_high, overlaps; the largest share first.
    """
    largest = relatives.iloc[0]
    others = relatives[relatives["overlaps"]].iloc[1:]
    interval = f"{100 * largest['share_low']:.0f} to {percent(largest['share_high'], 0)}"
    text = f"{largest['name']} has the largest share with {language}, "
    text += f"{percent(largest['share'], 0)} ({interval})"
    if others.empty:
        return f"{text}, and no other interval reaches it."
    named = listed(others["name"]) if len(others) <= NAMED else f"{len(others)} other languages"
    return f"{text}; the intervals of {named} overlap with its own, so their order is open."


def relatives(relatives: pd.DataFrame, language: str, other_language: str) -> str:
    """Tell the largest and the smallest share of basic vocabulary, and that of another language.

    Parameters
    ----------
    relatives
        Columns name and share; the largest share first.
    """
    ends = relatives["name"].isin([relatives["name"].iloc[0], relatives["name"].iloc[-1]])
    shown = relatives[ends | (relatives["name"] == other_language)]
    shares = shown["share"].map(lambda share: percent(share, 0)) + " with " + shown["name"]
    return f"{language} has basic vocabulary in common: {', '.join(shares)}"


# -- plans --------------------------------------------------------------------------------------


def plans(plans: pd.DataFrame) -> str:
    """Tell for each state which year of completion was named, and what became of it.

    Parameters
    ----------
    plans
        Columns state, completion_year; in order of announcement.
    """
    texts = []
    for state, rows in plans.groupby("state"):
        first, last = rows["completion_year"].iloc[[0, -1]]
        name = countries.name(str(state))
        if len(set(rows["completion_year"])) > 1:
            texts.append(
                f"{name} named {first} first and {last} last, in {len(rows)} announcements"
            )
        else:
            texts.append(f"{name} named {first}" + (" every time" if len(rows) > 1 else ""))
    return "; ".join(texts)


def plan(rows: pd.DataFrame) -> str:
    """Tell the first and the last announcement of one state.

    Parameters
    ----------
    rows
        Columns state, announced, completion_year, years_ahead, speaker; in order of announcement.
    """
    first, last = (_announcement(rows.iloc[place]) for place in (0, -1))
    name = countries.name(rows["state"].iloc[0])
    if len(rows) == 1:
        return f"{name} named {first}."
    moved = rows["completion_year"].iloc[-1] - rows["completion_year"].iloc[0]
    change = f"The date moved by {moved} years" if moved else "The date did not move"
    return f"{name} first named {first} and last {last}. {change}."


def _announcement(plan: pd.Series[Any]) -> str:
    ahead = f"{plan['years_ahead']} year{'' if plan['years_ahead'] == 1 else 's'} ahead"
    year = plan["announced"].year
    return f"{plan['completion_year']}, {ahead}, in {year} ({plan['speaker']})"


# -- study abroad and online --------------------------------------------------------------------


def abroad(latest: pd.DataFrame) -> str:
    """Tell the region with most students abroad of each state.

    Parameters
    ----------
    latest
        Columns state, region, share, year; one row per state.
    """
    texts = []
    for row in latest.to_dict("records"):
        share = f"{percent(row['share'], 0)} of {countries.name(row['state'])}'s students abroad"
        texts.append(f"{share} were in {row['region']} in {row['year']}")
    return "; ".join(texts)


def abroad_west(rows: pd.DataFrame) -> str:
    """Tell the share of one region in the last and the first year of one state.

    Parameters
    ----------
    rows
        Columns state, region, share, year, flag; sorted by year.
    """
    first = rows.iloc[0]
    last = rows.iloc[-1]
    name = countries.name(last["state"])
    text = f"{name}: {percent(last['share'])} of its students abroad were in {last['region']} in "
    text += f"{last['year']}"
    if first["year"] != last["year"]:
        text += f", {percent(first['share'])} in {first['year']}"
    repeats = f" The figure of {last['year']} repeats the year before." if last["flag"] else ""
    return f"{text}.{repeats}"


def scholarships(scholars: pd.DataFrame) -> str:
    """Tell the largest destinations of the last year, and the share of Türkiye.

    Parameters
    ----------
    scholars
        Columns year, place, destination, share; the largest destination of a year first.
    """
    final = of_last_year(scholars)
    largest = final.head(2).to_dict("records")
    texts = [f"{row['place']} {percent(row['share'], 0)}" for row in largest]
    turkish = final[final["destination"] == "TUR"]
    texts += [f"Türkiye {percent(share)}" for share in turkish["share"]]
    year = final["year"].iloc[0]
    return f"Where Kazakhstan's Bolashak scholars were in {year}: {'; '.join(texts)}"


def students_between(flows: pd.DataFrame) -> str:
    """Tell the first, the largest and the last year of each direction, in one way of counting.

    Parameters
    ----------
    flows
        Columns origin, destination, year, students, series; sorted by direction and year.
    """
    texts = []
    for (origin, destination), rows in flows.groupby(["origin", "destination"], sort=False):
        last = rows[rows["series"] == rows["series"].iloc[-1]].reset_index(drop=True)
        counts = [f"{row['students']:,} in {row['year']}" for row in last.to_dict("records")]
        most = last["students"].idxmax()
        shown = [counts[0]]
        if 0 < most < len(last) - 1:
            shown.append(f"at most {counts[most]}")
        if len(last) > 1:
            shown.append(counts[-1])
        names = f"{countries.name(str(origin))} in {countries.name(str(destination))}"
        texts.append(f"from {names} {', '.join(shown)}")
    return f"Students {'; '.join(texts)}"


def destination(codes: str) -> str:
    """Write the names of destinations; what is not a country code stays.

    Examples
    --------
    >>> destination("USA;CAN"), destination("mainland Europe")
    ('United States, Canada', 'mainland Europe')
    """
    names = []
    for code in codes.split(";"):
        is_country = len(code) == 3 and code.isupper()
        names.append(countries.name(code) if is_country else code)
    return ", ".join(names)


def students(figures: pd.DataFrame) -> pd.DataFrame:
    """Lay out single figures on students for a reader.

    Parameters
    ----------
    figures
        Columns country, year, indicator, counterpart, value, approximate, speaker, publisher,
        grade.
    """
    about = figures["approximate"].map({True: "about ", False: ""})
    table = pd.DataFrame({"State": figures["country"].map(countries.name)})
    table["Year"] = figures["year"].astype("str").fillna("undated")
    table["What"] = figures["indicator"]
    table["Where"] = figures["counterpart"].map(countries.name, na_action="ignore")
    table["Number"] = about + figures["value"].map("{:,.0f}".format)
    table["By"] = figures["speaker"].fillna(figures["publisher"])
    table["Grade"] = figures["grade"]
    return table


def articles(counts: pd.Series[float], states: list[str], language_of_state: dict[str, str]) -> str:
    """Tell the articles of an encyclopaedia in each language.

    Parameters
    ----------
    counts
        Articles, by state.
    """
    known = [state for state in states if state in counts.index]
    texts = (f"{count(counts[state])} articles in {language_of_state[state]}" for state in known)
    return "; ".join(texts)


# -- timeline -----------------------------------------------------------------------------------


def timeline(events: pd.DataFrame) -> str:
    """Tell how many steps there are, from when to when.

    Parameters
    ----------
    events
        Columns date, category.
    """
    dated = events["date"].dt.year
    script = (events["category"] == "alphabet").sum()
    text = f"Steps in this selection: {len(events)}, {script} of them on the alphabet alone, "
    return text + years(dated.min(), dated.max())


def events(events: pd.DataFrame, states: list[str]) -> pd.DataFrame:
    """Lay out dated steps for a reader, each date as precise as it is known.

    Parameters
    ----------
    events
        Columns date, precision, countries (codes joined by ``;``), event, confidence.
    states
        The pair.
    """
    form = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
    dates = zip(events["date"], events["precision"], strict=True)
    names = {state: countries.name(state) for state in states}
    names[";".join(countries.MEMBERS)] = "all"
    table = pd.DataFrame({"State": events["countries"].replace(names)})
    table.insert(0, "Date", [date.strftime(form[precision]) for date, precision in dates])
    table["Event"] = events["event"]
    table["Evidence"] = events["confidence"]
    return table


def known(last_years: dict[str, int]) -> str:
    """List states with the last year there are figures of.

    Examples
    --------
    >>> known({"KAZ": 2021, "AZE": 2019})
    'Kazakhstan (last in 2021), Azerbaijan (last in 2019)'
    """
    return ", ".join(
        f"{countries.name(state)} (last in {year})" for state, year in last_years.items()
    )
