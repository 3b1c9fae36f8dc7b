#!/usr/bin/env python3
"""Makes Sources/CPage/files/outlines.txt: London's boroughs, simplified, for the map of the page.

    ops/serving/outlines.py BOROUGHS.geojson > Sources/CPage/files/outlines.txt

The input is a GeoJSON file of polygons (longitude, latitude) with the property GSS_CODE, whose neighbours share the
corners of their common border: the statistical GIS boundary files of the London Datastore are such, and so are the `lnd`
data of R's spData made from them. Borders are simplified once for both sides, so no gap opens between neighbours
(Visvalingam and Whyatt, 1993: the corner goes whose triangle with its neighbours is the smallest).

One line per area: its code, a space, its geometry as GeoJSON.
"""
import heapq
import json
import math
import sys
from collections import defaultdict

# Of a corner's triangle, in square metres: what lies below is not seen on a screen.
SMALLEST = 45_000
# An island smaller than this is left out, unless it is all there is.
SMALLEST_ISLAND = 400_000


def metres(point):
    longitude, latitude = point
    return longitude * 111_320 * math.cos(math.radians(51.5)), latitude * 111_320


def triangle(a, b, c):
    (ax, ay), (bx, by), (cx, cy) = map(metres, (a, b, c))
    return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2


def area(ring):
    points = [metres(point) for point in ring]
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1]))) / 2


def turned(ring, isExterior):
    """Exterior rings go round against the clock, holes with it (RFC 7946)."""
    turn = sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1]))
    return ring if (turn > 0) == isExterior else ring[::-1]


def arcs_of(rings):
    """Cuts each ring at the corners where more than two borders meet; arcs that two rings share are one."""
    neighbours = defaultdict(set)
    for ring in rings:
        for a, b in zip(ring, ring[1:] + ring[:1]):
            neighbours[a].add(b)
            neighbours[b].add(a)
    nodes = {point for point, others in neighbours.items() if len(others) > 2}
    arcs, uses = {}, []
    for ring in rings:
        start = next((place for place, point in enumerate(ring) if point in nodes), None)
        ring = ring if start is None else ring[start:] + ring[:start]
        ring = ring + ring[:1]
        parts, begin = [], 0
        for place in range(1, len(ring)):
            if ring[place] in nodes or place == len(ring) - 1:
                parts.append(tuple(ring[begin : place + 1]))
                begin = place
        used = []
        for part in parts:
            key, isReversed = (part, False) if part <= part[::-1] else (part[::-1], True)
            arcs.setdefault(key, None)
            used.append((key, isReversed))
        uses.append(used)
    return arcs, uses


def simplify(arc):
    """Drops corners until every triangle that is left is large enough; the ends stay."""
    before = list(range(-1, len(arc) - 1))
    after = list(range(1, len(arc) + 1))
    isGone = [False] * len(arc)
    size = {}
    heap = []

    def weigh(place):
        if 0 < place < len(arc) - 1 and not isGone[place]:
            size[place] = triangle(arc[before[place]], arc[place], arc[after[place]])
            heapq.heappush(heap, (size[place], place))

    for place in range(len(arc)):
        weigh(place)
    left = len(arc)
    isClosed = arc[0] == arc[-1]
    while heap and left > (4 if isClosed else 2):
        weight, place = heapq.heappop(heap)
        if isGone[place] or weight != size.get(place):
            continue
        if weight >= SMALLEST:
            break
        isGone[place] = True
        left -= 1
        after[before[place]], before[after[place]] = after[place], before[place]
        weigh(before[place])
        weigh(after[place])
    return [point for place, point in enumerate(arc) if not isGone[place]]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        features = json.load(file)["features"]
    rings, owners = [], []
    for feature in features:
        polygons = feature["geometry"]["coordinates"]
        if feature["geometry"]["type"] == "Polygon":
            polygons = [polygons]
        for number, polygon in enumerate(polygons):
            for ring in polygon:
                rings.append([tuple(point) for point in ring[:-1]])
                owners.append((feature["properties"]["GSS_CODE"], number))
    arcs, uses = arcs_of(rings)
    for key in arcs:
        arcs[key] = simplify(list(key))
    areas = defaultdict(lambda: defaultdict(list))
    for used, (code, number) in zip(uses, owners):
        ring = []
        for key, isReversed in used:
            part = arcs[key][::-1] if isReversed else arcs[key]
            ring += part[:-1]
        if len(ring) >= 3:
            areas[code][number].append(ring)
    for code in sorted(areas):
        polygons = sorted(areas[code].values(), key=lambda polygon: -area(polygon[0]))
        polygons = polygons[:1] + [p for p in polygons[1:] if area(p[0]) >= SMALLEST_ISLAND]
        coordinates = [
            [
                [[round(x, 4), round(y, 4)] for x, y in ring + ring[:1]]
                for ring in (turned(ring, place == 0) for place, ring in enumerate(polygon))
            ]
            for polygon in polygons
        ]
        geometry = {"type": "MultiPolygon", "coordinates": coordinates}
        print(code, json.dumps(geometry, separators=(",", ":")))


if __name__ == "__main__":
    main()
