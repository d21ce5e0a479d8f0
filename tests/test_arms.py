"""Measures of arms, on cases worked by hand, on properties, and on the real tables."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turkic_ties import data
from turkic_ties.countries import MEMBERS
from turkic_ties.measures import arms

few_examples = settings(max_examples=25, deadline=None)
TABLES = {
    name: data.load(f"defense/{name}")
    for name in ("arms_transfers", "arms_deals", "military_expenditure")
}


def transfers(*rows: tuple[str, str, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["supplier", "recipient", "year", "tiv"])


def deals(*rows: dict[str, object]) -> pd.DataFrame:
    usual = {
        "deal_id": "KAZ-TUR-2020-01",
        "recipient": "KAZ",
        "supplier": "TUR",
        "order_year": 2020,
        "designation": "Thing",
        "description": "thing",
        "category": "Other",
        "status": "New",
        "number_ordered": 4,
        "number_delivered": 4,
        "delivery_years": "2021",
        "tiv_order": 1.0,
        "tiv_delivered": 1.0,
        "order_year_estimated": False,
        "number_ordered_estimated": False,
        "number_delivered_estimated": False,
        "comments": None,
    }
    frame = pd.DataFrame([usual | row for row in rows], columns=list(usual))
    return frame.astype({"number_ordered": "Int64", "comments": "str"})


def shuffled(table: pd.DataFrame) -> pd.DataFrame:
    return table.sample(frac=1, random_state=7)


# Four years in which Kazakhstan imports, then two in which only Azerbaijan does.
IMPORTS = transfers(
    ("RUS", "KAZ", 2001, 6.0),
    ("TUR", "KAZ", 2001, 2.0),
    ("RUS", "KAZ", 2002, 4.0),
    ("TUR", "KAZ", 2002, 4.0),
    ("CHN", "KAZ", 2003, 4.0),
    ("XXX", "KAZ", 2003, 2.0),
    ("TUR", "AZE", 2001, 1.0),
    ("RUS", "AZE", 2005, 3.0),
)

some_imports = st.lists(
    st.tuples(
        st.sampled_from(["RUS", "TUR", "CHN", "XXX"]),
        st.sampled_from(["KAZ", "AZE"]),
        st.integers(2000, 2006),
        st.integers(1, 5000).map(lambda cents: cents / 100),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda row: row[:3],
).map(lambda rows: transfers(*rows))


# -- deliveries ------------------------------------------------------------------------------------


def test_shares_of_a_window_are_each_suppliers_part_of_the_sum() -> None:
    # 2001-2002: Russia 6 + 4 = 10, Türkiye 2 + 4 = 6, together 16.
    shares = arms.supplier_shares(IMPORTS, "KAZ", 2001, 2002, window=2)
    assert shares.to_dict("list") == {
        "window_start": [2001, 2001],
        "window_end": [2002, 2002],
        "supplier": ["RUS", "TUR"],
        "tiv": [10.0, 6.0],
        "share": [0.625, 0.375],
        "rank": [1, 2],
    }


def test_equal_suppliers_share_a_rank_and_the_unknown_one_has_none() -> None:
    # 2002-2003: China, Russia and Türkiye 4 each, unknown 2.
    shares = arms.supplier_shares(IMPORTS, "KAZ", 2002, 2003, window=2)
    assert shares["supplier"].tolist() == ["CHN", "RUS", "TUR", "XXX"]
    assert shares["rank"].tolist() == [1, 1, 1, pd.NA]
    assert shares["share"].tolist() == pytest.approx([4 / 14, 4 / 14, 4 / 14, 2 / 14])


def test_sums_that_differ_only_by_floating_point_are_a_tie() -> None:
    # 0.1 + 0.2 is not 0.3 to a computer.
    table = transfers(
        ("RUS", "KAZ", 2001, 0.1), ("RUS", "KAZ", 2002, 0.2), ("TUR", "KAZ", 2001, 0.3)
    )
    assert arms.supplier_shares(table, "KAZ", window=2)["rank"].tolist() == [1, 1]


def test_concentration_is_the_sum_of_squared_shares() -> None:
    # 0.625² + 0.375² = 0.390625 + 0.140625.
    result = arms.supplier_concentration(IMPORTS, "KAZ", 2001, 2002, window=2).iloc[0]
    assert result["hhi"] == 0.53125
    assert result["unknown_share"] == 0.0
    assert (
        result["imports_tiv"],
        result["suppliers"],
        result["top_supplier"],
        result["top_share"],
    ) == (
        16.0,
        2,
        "RUS",
        0.625,
    )


def test_a_window_without_imports_stays_as_a_gap() -> None:
    result = arms.supplier_concentration(IMPORTS, "KAZ", window=2)
    assert result["window_end"].tolist() == [2002, 2003, 2004, 2005]
    last = result.iloc[-1]
    assert (last["imports_tiv"], last["suppliers"]) == (0.0, 0)
    assert pd.isna(last["hhi"])
    assert pd.isna(last["top_supplier"])
    assert pd.isna(last["top_share"])


def test_a_share_is_missing_only_where_nobody_delivered() -> None:
    # Türkiye: 6 of 16, 4 of 14, 0 of 6, 0 of 0.
    result = arms.partner_share(IMPORTS, "KAZ", "TUR", window=2)
    assert result["share"].tolist() == pytest.approx(
        [6 / 16, 4 / 14, 0.0, float("nan")], nan_ok=True
    )
    assert result["rank"].tolist() == [2, 1, pd.NA, pd.NA]
    assert result["tiv"].tolist() == [6.0, 4.0, 0.0, 0.0]


def test_one_supplier_is_compared_in_all_members_that_import() -> None:
    # Azerbaijan 2001-2005: Türkiye 1, Russia 3; Kazakhstan: Türkiye 6 of 22.
    result = arms.partner_share_by_member(IMPORTS, "TUR", window=5)
    assert result[["country", "share", "rank"]].to_dict("records") == [
        {"country": "KAZ", "share": pytest.approx(6 / 22), "rank": 2},
        {"country": "AZE", "share": 0.25, "rank": 2},
    ]


def test_windows_lie_inside_the_years_asked_for_and_those_of_the_table() -> None:
    result = arms.supplier_concentration(IMPORTS, "KAZ", 1990, 2030, window=5)
    assert result[["window_start", "window_end"]].to_numpy().tolist() == [[2001, 2005]]
    assert arms.supplier_concentration(IMPORTS, "KAZ", 2001, 2004, window=5).empty


@few_examples
@given(some_imports, st.integers(1, 4))
def test_shares_sum_to_one_and_concentration_is_bounded(table: pd.DataFrame, window: int) -> None:
    shares = arms.supplier_shares(table, "KAZ", window=window)
    for _, share in shares.groupby("window_end")["share"]:
        assert share.sum() == pytest.approx(1)
    result = arms.supplier_concentration(table, "KAZ", window=window).dropna(subset="hhi")
    assert (result["hhi"] <= 1 + 1e-12).all()
    assert (result["hhi"] >= 1 / result["suppliers"] - 1e-12).all()
    largest = shares.groupby("window_end")["share"].max().loc[result["window_end"]].to_numpy()
    assert (result["hhi"] <= largest + 1e-12).all()


@few_examples
@given(some_imports)
def test_windows_of_one_year_are_the_yearly_shares(table: pd.DataFrame) -> None:
    shares = arms.supplier_shares(table, "KAZ", window=1).set_index(["window_end", "supplier"])[
        "share"
    ]
    imports = table[table["recipient"] == "KAZ"].set_index(["year", "supplier"])["tiv"]
    expected = imports / imports.groupby("year").transform("sum")
    assert shares.to_dict() == pytest.approx(expected.to_dict())


@few_examples
@given(some_imports, st.integers(1, 3))
def test_the_order_of_the_rows_makes_no_difference(table: pd.DataFrame, window: int) -> None:
    for measure in (arms.supplier_shares, arms.supplier_concentration):
        pd.testing.assert_frame_equal(
            measure(table, "KAZ", window=window), measure(shuffled(table), "KAZ", window=window)
        )


def test_a_window_is_five_years_unless_another_length_is_given() -> None:
    table = transfers(("TUR", "KAZ", 2001, 1.0), ("RUS", "KAZ", 2006, 1.0))
    shares = arms.supplier_shares(table, "KAZ")
    # 2001-2005 has Türkiye's delivery only, 2002-2006 Russia's only.
    assert shares[["window_start", "window_end", "supplier"]].to_numpy().tolist() == [
        [2001, 2005, "TUR"],
        [2002, 2006, "RUS"],
    ]


def test_an_unknown_supplier_counts_in_the_total_but_is_never_the_top_one() -> None:
    # Unknown 6, Russia 3, Türkiye 1: Russia is the first known one, with 3 of 10.
    table = transfers(
        ("XXX", "KAZ", 2001, 6.0), ("RUS", "KAZ", 2001, 3.0), ("TUR", "KAZ", 2001, 1.0)
    )
    shares = arms.supplier_shares(table, "KAZ", window=1)
    assert shares["supplier"].tolist() == ["XXX", "RUS", "TUR"]
    assert shares["rank"].tolist() == [pd.NA, 1, 2]
    row = arms.supplier_concentration(table, "KAZ", window=1).iloc[0]
    assert (row["top_supplier"], row["suppliers"]) == ("RUS", 3)
    assert row["top_share"] == pytest.approx(0.3)
    assert row["hhi"] == pytest.approx(0.36 + 0.09 + 0.01)
    assert row["unknown_share"] == pytest.approx(0.6)


def test_only_unknown_suppliers_leave_no_top_supplier() -> None:
    row = arms.supplier_concentration(transfers(("XXX", "KAZ", 2001, 6.0)), "KAZ", window=1).iloc[0]
    assert (row["imports_tiv"], row["hhi"]) == (6.0, 1.0)
    assert pd.isna(row["top_supplier"])
    assert pd.isna(row["top_share"])


@pytest.mark.parametrize(("tiv", "suppliers"), [(4e-7, 1), (6e-7, 2)])
def test_a_volume_counts_from_half_a_millionth_on(tiv: float, suppliers: int) -> None:
    table = transfers(("RUS", "KAZ", 2001, 1.0), ("TUR", "KAZ", 2001, tiv))
    assert len(arms.supplier_shares(table, "KAZ", window=1)) == suppliers


def test_a_repeated_or_negative_delivery_is_refused() -> None:
    with pytest.raises(ValueError, match="two rows for supplier RUS, recipient KAZ, year 2001"):
        arms.supplier_shares(pd.concat([IMPORTS, IMPORTS.head(1)]), "KAZ")
    with pytest.raises(ValueError, match="negative tiv"):
        arms.supplier_shares(transfers(("RUS", "KAZ", 2001, -1.0)), "KAZ")


@pytest.mark.no_cover
def test_other_members_are_compared_in_the_order_of_the_collection() -> None:
    table = transfers(*[("RUS", member, 2001, 1.0) for member in MEMBERS])
    shares = arms.partner_share_by_member(table, "KAZ", window=1)
    assert shares["country"].tolist() == [member for member in MEMBERS if member != "KAZ"]
    outside = arms.partner_share_by_member(table, "RUS", window=1)
    assert outside["country"].tolist() == list(MEMBERS)


def test_a_state_that_imported_nothing_gives_empty_frames_with_the_same_columns() -> None:
    full = arms.partner_share(IMPORTS, "KAZ", "TUR", window=1)
    empty = arms.partner_share(IMPORTS, "KGZ", "TUR", window=1)
    assert empty.empty
    assert (empty.dtypes == full.dtypes).all()
    assert arms.supplier_shares(IMPORTS.head(0), "KAZ").empty


# -- deals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ordered", "delivered", "comment", "stage"),
    [
        (4, 4, None, "delivered"),
        (4, 5, None, "delivered"),
        (4, 3, None, "partly delivered"),
        (4, 1, None, "partly delivered"),
        (4, 0, None, "ordered"),
        (None, 0, None, "ordered"),
        (None, 3, None, "delivered, order unknown"),
        (30, 0, "Probably selected 2022 but not yet ordered by end-2025", "selected"),
    ],
)
def test_the_stage_of_a_deal_follows_from_the_numbers_and_the_remark(
    ordered: int | None, delivered: int, comment: str | None, stage: str
) -> None:
    table = deals({"number_ordered": ordered, "number_delivered": delivered, "comments": comment})
    assert arms.deals_between(table, "KAZ", "TUR")["stage"].tolist() == [stage]


@pytest.mark.parametrize(
    ("comment", "where"),
    [
        (None, ""),
        ("Second-hand; aid", ""),
        ("Produced under licence in Kazakhstan", "licence"),
        ("Assembled or produced under license in Kazakhstan", "licence"),
        ("$9 m deal; incl assembly in Kazakhstan", "assembly"),
        ("Possibly incl assembly in Kazakhstan", "possible"),
        ("Assembled from kits in Turkmenistan; possibly including 2 FAC version", "assembly"),
        ("For 2 frigates assembled in Kazakhstan", ""),
        ("For frigates assembled in Kazakhstan", "assembly"),
        ("Possibly delivered from Poland", ""),
        ("Possible assembly in Kazakhstan; produced under licence", "licence"),
    ],
)
def test_production_in_the_recipient_is_read_from_the_remark(
    comment: str | None, where: str
) -> None:
    assert arms.deals_between(deals({"comments": comment}), "KAZ", "TUR")[
        "local_production"
    ].tolist() == [where]


def test_a_deal_that_is_in_the_register_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="two rows for deal_id KAZ-TUR-2020-01"):
        arms.deals_between(deals({}, {}), "KAZ", "TUR")


def test_deals_are_those_of_the_pair_in_that_direction_ordered_in_the_years() -> None:
    table = deals(
        {"deal_id": "c", "order_year": 2022},
        {"deal_id": "b", "order_year": 2021},
        {"deal_id": "a", "order_year": 2019},
        {"deal_id": "d", "recipient": "TUR", "supplier": "KAZ", "order_year": 2021},
    )
    assert arms.deals_between(table, "KAZ", "TUR", 2021, 2022)["deal_id"].tolist() == ["b", "c"]
    assert arms.deals_between(table, "KAZ", "TUR", 2020, 2021)["deal_id"].tolist() == ["b"]
    assert arms.deals_between(table, "KAZ", "RUS").empty


# -- military expenditure --------------------------------------------------------------------------


def spending(*rows: tuple[int, str, float, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["year", "indicator", "value", "flag"]).assign(iso3="KAZ")
    return frame.astype({"flag": "str"})


def test_spending_has_one_row_per_year_with_the_weakest_flag() -> None:
    table = spending(
        (2001, "constant_2024_usd", 3e9, "estimate"),
        (2001, "share_of_gdp", 0.01, "highly_uncertain"),
        (2000, "current_usd", 1e9, None),
    )
    result = arms.military_spending(table, "KAZ")
    assert result["year"].tolist() == [2000, 2001]
    assert result["constant_usd"].tolist() == pytest.approx([float("nan"), 3e9], nan_ok=True)
    assert result["current_usd"].tolist() == pytest.approx([1e9, float("nan")], nan_ok=True)
    assert result["share_of_gdp"].tolist() == pytest.approx([float("nan"), 0.01], nan_ok=True)
    assert result["flag"].tolist() == ["", "highly_uncertain"]
    assert result["price_year"].tolist() == [2024, 2024]


@pytest.mark.parametrize(
    ("flags", "weakest"),
    [
        (["estimate", None], "estimate"),
        (["highly_uncertain", "estimate"], "highly_uncertain"),
        ([None, None], ""),
    ],
)
def test_a_year_has_the_flag_of_its_least_sure_figure(flags: list[str], weakest: str) -> None:
    one, other = flags
    table = spending((2001, "current_usd", 1e9, one), (2001, "share_of_gdp", 0.01, other))
    assert arms.military_spending(table, "KAZ")["flag"].tolist() == [weakest]


def test_spending_is_that_of_the_country_and_period_with_both_ends() -> None:
    table = spending(*[(year, "current_usd", 1e9, None) for year in range(2000, 2005)])
    assert arms.military_spending(table, "KAZ", 2001, 2003)["year"].tolist() == [2001, 2002, 2003]
    assert arms.military_spending(table, "TUR").empty


def test_a_year_with_only_missing_figures_has_no_row() -> None:
    missing = (2000, "current_usd", float("nan"), "estimate")
    table = spending(missing, (2001, "current_usd", 1e9, ""), (2002, "share_of_gdp", None, ""))
    result = arms.military_spending(table, "KAZ")
    assert result["year"].tolist() == [2001]
    assert result["flag"].tolist() == [""]


def test_a_table_without_constant_dollars_has_no_price_year() -> None:
    row = arms.military_spending(spending((2001, "current_usd", 1e9, None)), "KAZ").iloc[0]
    assert pd.isna(row["price_year"])
    assert pd.isna(row["constant_usd"])


def test_a_figure_of_spending_that_stands_twice_is_refused() -> None:
    table = spending((2001, "current_usd", 1e9, None), (2001, "current_usd", 2e9, None))
    with pytest.raises(ValueError, match="two rows for iso3 KAZ, year 2001, indicator current_usd"):
        arms.military_spending(table, "KAZ")


def test_constant_dollars_of_two_releases_are_refused() -> None:
    table = spending((2001, "constant_2024_usd", 3e9, None), (2001, "constant_2023_usd", 2e9, None))
    with pytest.raises(ValueError, match="mixes constant_2023_usd and constant_2024_usd"):
        arms.military_spending(table, "KAZ")


# -- the real tables -------------------------------------------------------------------------------


@pytest.mark.parametrize("country", [member for member in MEMBERS if member != "TUR"])
def test_what_the_register_delivered_is_what_the_years_add_up_to(country: str) -> None:
    """Two extracts of one release; only Türkiye has deals older than the yearly table."""
    yearly = TABLES["arms_transfers"].query("recipient == @country")["tiv"].sum()
    register = TABLES["arms_deals"].query("recipient == @country")["tiv_delivered"].sum()
    assert yearly == pytest.approx(register, abs=0.5)


def test_russia_armed_kazakhstan_as_sipri_published() -> None:
    # 88 per cent of 2020-2024 in the release of March 2025; the release used here revises it by
    # little.
    result = arms.partner_share(TABLES["arms_transfers"], "KAZ", "RUS", 2020, 2024).iloc[0]
    assert result["share"] == pytest.approx(0.88, abs=0.02)
    assert result["rank"] == 1


def test_kazakhstan_ordered_seven_deals_from_turkiye_and_selected_one_more() -> None:
    result = arms.deals_between(TABLES["arms_deals"], "KAZ", "TUR")
    assert (result["stage"] != "selected").sum() == 7
    selected = result[result["stage"] == "selected"].iloc[0]
    assert (selected["designation"], selected["number_ordered"], selected["number_delivered"]) == (
        "Anka-S",
        30,
        0,
    )
    assert selected["local_production"] == "licence"


def test_where_the_series_of_spending_end_and_begin() -> None:
    table = TABLES["military_expenditure"]
    assert arms.military_spending(table, "TKM")["year"].max() == 1999
    assert arms.military_spending(table, "TKM", 2000).empty
    kazakhstan = arms.military_spending(table, "KAZ")
    assert kazakhstan["year"].min() == 1993
    assert kazakhstan.dropna(subset="constant_usd")["year"].min() == 2020


def test_constant_and_current_dollars_meet_in_the_price_year() -> None:
    for member in ("KAZ", "TUR", "AZE", "KGZ"):
        result = arms.military_spending(TABLES["military_expenditure"], member, 2024, 2024).iloc[0]
        assert result["constant_usd"] == pytest.approx(result["current_usd"], rel=1e-3)


# -- wrong arguments -------------------------------------------------------------------------------


def test_a_country_outside_the_collection_is_refused() -> None:
    with pytest.raises(ValueError, match="'DEU' is not one of the states compared"):
        arms.supplier_shares(IMPORTS, "DEU")


def test_an_unknown_partner_is_refused() -> None:
    with pytest.raises(ValueError, match="TRU"):
        arms.partner_share(IMPORTS, "KAZ", "TRU")


def test_a_pair_with_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="country and partner are both KAZ"):
        arms.deals_between(deals(), "KAZ", "KAZ")


def test_a_start_after_the_end_is_refused() -> None:
    with pytest.raises(ValueError, match=r"start \(2005\) must not be after end \(2001\)"):
        arms.supplier_shares(IMPORTS, "KAZ", 2005, 2001)


def test_a_window_shorter_than_a_year_is_refused() -> None:
    with pytest.raises(ValueError, match="window of 0 years"):
        arms.supplier_shares(IMPORTS, "KAZ", window=0)
