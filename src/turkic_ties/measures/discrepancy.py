"""Discrepancies between reports of the same trade: between both sides, and between publications.

The table ``bilateral_trade`` has the columns source, reporter, partner, year, flow (export |
import) and value_usd.
"""

from __future__ import annotations

import pandas as pd

from turkic_ties.measures.common import (
    arrange,
    check_known,
    check_pair,
    check_unique,
    ratio,
    within,
)

MODEL = "baci"


def sent_and_received(asymmetry: pd.DataFrame) -> pd.DataFrame:
    """Set what the sending side books of a flow against what the receiving side books.

    received_ratio = received / sent. With the same goods in both books and freight and insurance in
    the value on arrival it is about 1.06. The sender books goods under the destination it
    knows of, the receiver under their origin: goods that travel on, or come from a third country,
    are in one of the books only.

    Parameters
    ----------
    asymmetry
        Of `trade.asymmetry`: country, partner, year, flow (exports | imports), own_usd, own_source,
        mirror_usd, mirror_source.

    Returns
    -------
    pandas.DataFrame
        exporter, importer, year, sent_usd, sent_source, received_usd, received_source, gap_usd
        (sent − received), received_ratio (missing where nothing is booked as sent); sorted by
        exporter and year.

    References
    ----------
    IMF (2017). Direction of Trade Statistics Yearbook (CIF/FOB factor 1.06).
    United Nations (2011). International Merchandise Trade Statistics: Concepts and Definitions
    2010, chapter VI (partner country). Statistical Papers M 52, Rev. 3.

    Examples
    --------
    >>> flow = {"country": "KAZ", "partner": "TUR", "year": 2023, "flow": "imports"}
    >>> own = {"own_usd": 8.0, "own_source": "bns"}
    >>> mirror = {"mirror_usd": 10.0, "mirror_source": "comtrade_2026"}
    >>> compared = sent_and_received(pd.DataFrame([flow | own | mirror]))
    >>> compared[["exporter", "sent_usd", "gap_usd", "received_ratio"]].values.tolist()
    [['TUR', 10.0, 2.0, 0.8]]
    """
    out = {"country": "exporter", "partner": "importer"}
    back = {"country": "importer", "partner": "exporter"}
    own_is_sent = {"own_usd": "sent_usd", "own_source": "sent_source"}
    own_is_sent |= {"mirror_usd": "received_usd", "mirror_source": "received_source"}
    own_is_received = {"mirror_usd": "sent_usd", "mirror_source": "sent_source"}
    own_is_received |= {"own_usd": "received_usd", "own_source": "received_source"}
    exports = asymmetry[asymmetry["flow"] == "exports"].rename(columns=out | own_is_sent)
    imports = asymmetry[asymmetry["flow"] == "imports"].rename(columns=back | own_is_received)
    rows = pd.concat([exports, imports])
    rows["gap_usd"] = rows["sent_usd"] - rows["received_usd"]
    rows["received_ratio"] = ratio(rows["received_usd"], rows["sent_usd"])
    columns = ["exporter", "importer", "year", "sent_usd", "sent_source", "received_usd"]
    columns += ["received_source", "gap_usd", "received_ratio"]
    return arrange(rows, columns, ["exporter", "year"])


def publications(
    bilateral_trade: pd.DataFrame,
    country: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """List each report of a pair that exists in two publications or more, side by side.

    Elsewhere one publication serves a year of a reporter; here all of them stand. They can differ
    in the trade system (special trade leaves out free zones and customs warehouses), in later
    revisions, and in goods that one of them keeps confidential.

    Parameters
    ----------
    bilateral_trade
        See the module. The reconciled model is no report and is left out.
    country, partner
        Either may be the reporter.
    start, end
        First and last year.

    Returns
    -------
    pandas.DataFrame
        reporter, partner, flow (export | import, as the reporter sees it), source, year, value_usd,
        spread (largest over smallest value of that year; missing with one publication or a zero);
        only flows with two publications of some year; sorted by these columns.

    Raises
    ------
    ValueError
        Also when a publication has a figure twice.

    Examples
    --------
    >>> keys = ["source", "reporter", "partner", "flow", "year", "value_usd"]
    >>> imports = ("TUR", "AZE", "import", 2008)
    >>> rows = [("wits", *imports, 2.0), ("imf_dots_special", *imports, 5.0)]
    >>> publications(pd.DataFrame(rows, columns=keys), "AZE", "TUR")["spread"].tolist()
    [2.5, 2.5]
    """
    check_pair(country, partner)
    pair = [country, partner]
    is_pair = bilateral_trade["reporter"].isin(pair) & bilateral_trade["partner"].isin(pair)
    rows = within(bilateral_trade[is_pair], start, end)
    rows = rows[rows["source"] != MODEL]
    flow = ["reporter", "partner", "flow"]
    check_known(rows, "flow", ["export", "import"], "bilateral_trade")
    check_unique(rows, [*flow, "source", "year"], "bilateral_trade")
    of_year = rows.groupby([*flow, "year"])["value_usd"]
    rows = rows.assign(publications=of_year.transform("size"))
    spread = ratio(of_year.transform("max"), of_year.transform("min"))
    rows["spread"] = spread.where(rows["publications"] > 1)
    rows = rows[rows.groupby(flow)["publications"].transform("max") > 1]
    return arrange(
        rows, [*flow, "source", "year", "value_usd", "spread"], [*flow, "source", "year"]
    )
