#!/usr/bin/env python3
"""Makes Sources/SimulatedEvents/PublishedTables+Rows.swift from published files.

    ops/simulated-tables.py DIR > Sources/SimulatedEvents/PublishedTables+Rows.swift

DIR holds the files named below, under the names that their publishers or collectors gave them. What is kept of them are
sums: a few facts, not the files.

Sources and licences:
  knife_london/knife_borough_month_refresh2026-03.csv   Metropolitan Police Service, Monthly Crime Dashboard, by the
                                                        London Datastore (Open Government Licence v2.0)
  delay/mps_vawg_committed_vs_recorded_month_borough.csv  Metropolitan Police Service, by the London Datastore (OGL v2.0)
  policeuk_street/*-street.csv                          data.police.uk (OGL v3.0)
  national/knife_by_force_quarter_2008-2019.csv, national/prc-pfa-201718_new.csv
                                                        Home Office, police recorded crime open data (OGL v3.0)
  lookups/areas_current.csv                             Office for National Statistics (OGL v3.0; contains National
                                                        Statistics data (c) Crown copyright)
"""

import csv
import glob
import sys
from collections import Counter
from pathlib import Path

LONDON_MONTHS = [f"2025-{month:02}" for month in range(3, 13)] + ["2026-01", "2026-02"]
VIOLENT = {"Violence and sexual offences", "Robbery", "Possession of weapons"}
OFFENCES = (
    "1 2 3A 3B 4.1 4.2 4.10 5D 5E 8N 8P 8S 36 104 105A 34A 34B 10C 10D 90 17A 17B 20A 20B 19C 19D 19E 19F 19G 19H"
).split()
# Months from the offence to its record, in bands: (first, last).
DELAYS = [(-1, -1), *((k, k) for k in range(13)), (13, 18), (19, 24), (25, 36), (37, 60), (61, 120), (121, 240)]


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def month_number(text):
    return int(text[:4]) * 12 + int(text[5:7])


def knife_in_london(data):
    """Knife crimes of twelve months by borough, and by calendar month."""
    boroughs, months = Counter(), Counter()
    for row in rows(data / "knife_london/knife_borough_month_refresh2026-03.csv"):
        if row["measure"] == "Offences" and row["crime_subtype"] == "Knife Crime" and row["month"] in LONDON_MONTHS:
            months[int(row["month"][5:])] += int(row["count"])
            if row["area_code"]:
                boroughs[row["area_code"].strip()] += int(row["count"])
    return boroughs, months


def knife_by_force(data):
    """Knife crimes of the last four quarters that each force has."""
    quarters = {}
    for row in rows(data / "national/knife_by_force_quarter_2008-2019.csv"):
        if row["Knife Crime"]:
            key = (row["Financial Year"], row["Financial Quarter"])
            quarters.setdefault(row["Force Name"], {})[key] = int(float(row["Knife Crime"]))
    return {force: sum(found[key] for key in sorted(found)[-4:]) for force, found in quarters.items()}


def violent_by_district(data, pattern):
    """Rows of violence, robbery and weapons by the district in the LSOA's name."""
    found = Counter()
    for path in sorted(glob.glob(str(data / "policeuk_street" / pattern))):
        for row in rows(path):
            if row["Crime type"] in VIOLENT and row["LSOA name"]:
                found[row["LSOA name"].rsplit(" ", 1)[0]] += 1
    return found


def knife_by_area(data, areas):
    """Knife crimes a year of each area. London: as published. City of London, which the Metropolitan table leaves out:
    its possession of weapons and robberies. West Yorkshire: by its districts' violent crimes. Elsewhere: the force's
    number in equal parts, for want of a table."""
    boroughs, _ = knife_in_london(data)
    forces = knife_by_force(data)
    districts = violent_by_district(data, "*west-yorkshire*")
    city = sum(
        row["Crime type"] in {"Robbery", "Possession of weapons"}
        for path in glob.glob(str(data / "policeuk_street/*city-of-london*"))
        for row in rows(path)
    )
    result = {}
    for force in sorted({row["force_area"] for row in areas}):
        members = [row for row in areas if row["force_area"] == force]
        known = sum(districts[row["name"]] for row in members)
        for row in members:
            if force == "Metropolitan Police":
                result[row["ons_code"]] = boroughs[row["ons_code"]]
            elif force == "City of London":
                result[row["ons_code"]] = city * 2
            elif force == "West Yorkshire":
                result[row["ons_code"]] = round(forces[force] * districts[row["name"]] / known)
            else:
                result[row["ons_code"]] = round(forces[force] / len(members))
    return dict(sorted(result.items()))


def offences(data, forces):
    """Offences of 2017/18 by Home Office code, of the forces whose areas are counted."""
    found = Counter()
    for row in rows(data / "national/prc-pfa-201718_new.csv"):
        if row["Force_Name"].replace("London, City of", "City of London") in forces:
            found[row["Offence_Code"]] += int(row["Number_of_Offences"])
    return [(code, found[code]) for code in OFFENCES if found[code]]


def delays(data):
    found = Counter()
    for row in rows(data / "delay/mps_vawg_committed_vs_recorded_month_borough.csv"):
        found[month_number(row["recorded_month"]) - month_number(row["committed_month"])] += int(row["count"])
    return [(first, last, sum(found[k] for k in range(first, last + 1))) for first, last in DELAYS]


def wrapped(items, width=118):
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) + 1 > width:
            lines.append(line)
            line = "   "
        line += " " + item
    return "\n".join([*lines, line])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data = Path(sys.argv[1])
    areas = list(rows(data / "lookups/areas_current.csv"))
    _, months = knife_in_london(data)
    by_area = wrapped(f"{code} {count}" for code, count in knife_by_area(data, areas).items())
    print(f"""/// Made by `ops/simulated-tables.py`, which names the files: change that.
///
/// Crime data: Metropolitan Police Service and London Datastore (Open Government Licence v2.0), data.police.uk and Home
/// Office (Open Government Licence v3.0). Codes: Office for National Statistics (Open Government Licence v3.0; contains
/// National Statistics data © Crown copyright).
extension PublishedTables {{
  /// Code and knife crimes a year of every area, in code order.
  static let knifeByAreaText = \"\"\"
{by_area}
    \"\"\"

  /// Knife crimes in London by calendar month, March 2025 to February 2026.
  static let knifeByMonth = [
{wrapped(f"{months[month]}," for month in range(1, 13))}
  ]

  /// Home Office code and offences of 2017/18 in the forces that are counted.
  static let offencesText = \"\"\"
{wrapped(f"{code} {count}" for code, count in offences(data, {row["force_area"] for row in areas}))}
    \"\"\"

  /// Calendar months from an offence to its record, in bands (first, last), and how many records: violence against women
  /// and girls in London.
  static let delays: [(first: Int, last: Int, records: Int)] = [
{wrapped(f"({first}, {last}, {count})," for first, last, count in delays(data))}
  ]
}}""")


if __name__ == "__main__":
    main()
