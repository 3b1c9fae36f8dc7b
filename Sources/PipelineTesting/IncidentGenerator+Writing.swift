import Incidents
import Wire

extension IncidentGenerator {
  /// A revision as bytes and headers, in either mode and one of many equal spellings: members in any order, blanks,
  /// members that the contract does not know, letters as escapes. A repetition is written anew, with another event id.
  mutating func write(
    _ revision: GeneratedRevision, source: String, topic: InputTopic = .incidents
  ) -> (headers: [RecordHeader], value: String) {
    var members = revision.members
    if random.chance(500) { members.append(("beat", "{\"name\":\"Süd\",\"teams\":[7,null,-1.5e3,true]}")) }
    if random.chance(2_000) { members = random.shuffled(members) }
    if random.chance(200), let place = members.firstIndex(where: { $0.name == "reference" }) {
      members[place].json = spelledOut(members[place].json)
    }
    let data = object(members)
    let id = String(random.next(), radix: 16)
    let time = GeneratedTime.text(now - Int64(random.below(1_000_000)), using: &random)

    if random.chance(2_500) {
      var headers = [
        RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_id", id), RecordHeader("ce_source", source),
        RecordHeader("ce_type", revision.type), RecordHeader("content-type", "application/json"),
      ]
      if random.chance(5_000) { headers.append(RecordHeader("ce_time", time)) }
      if random.chance(1_000) { headers.append(RecordHeader("ce_dataschema", "urn:bellwether:\(topic.name):1")) }
      if random.chance(500) { headers.append(RecordHeader("traceparent", id)) }
      return (random.chance(1_000) ? random.shuffled(headers) : headers, data)
    }
    var event: [(name: String, json: String)] = [
      ("specversion", "\"1.0\""), ("id", quoted(id)), ("source", quoted(source)), ("type", quoted(revision.type)),
    ]
    if random.chance(5_000) { event.append(("time", quoted(time))) }
    if random.chance(5_000) { event.append(("datacontenttype", "\"application/json\"")) }
    if random.chance(1_000) { event.append(("dataschema", "\"urn:bellwether:\(topic.name):1\"")) }
    event.append(("data", data))
    if random.chance(1_000) { event = random.shuffled(event) }
    return (random.chance(5_000) ? [RecordHeader("content-type", "application/cloudevents+json")] : [], object(event))
  }

  private mutating func object(_ members: [(name: String, json: String)]) -> String {
    let (between, after) = random.chance(9_000) ? (",", ":") : (",\n  ", " : ")
    return "{" + members.map { "\"\($0.name)\"\(after)\($0.json)" }.joined(separator: between) + "}"
  }

  /// A JSON string of the same meaning, in which some plain letters and digits are escapes.
  private mutating func spelledOut(_ json: String) -> String {
    var result = ""
    var isEscape = false
    for scalar in json.unicodeScalars {
      let isPlain = scalar == "-" || ("0"..."9").contains(scalar) || ("A"..."Z").contains(scalar)
      if isPlain, !isEscape, random.chance(3_000) {
        result += escaped(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
      isEscape = scalar == "\\" && !isEscape
    }
    return result
  }
}
