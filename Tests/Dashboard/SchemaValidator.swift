import Wire

/// Checks values against the schemas of an OpenAPI 3.1 document: the keywords of JSON Schema 2020-12 that it uses. One that
/// is not known here is a failure, so that nothing is passed over in silence.
struct SchemaValidator {
  let document: JSONValue

  /// What is wrong, each with its place; nothing when the value is right.
  func faults(of value: JSONValue, against schema: JSONValue, at place: String = "$") -> [String] {
    var faults: [String] = []
    for keyword in schema.members ?? [] {
      faults += check(keyword.name, keyword.value, value, schema, place)
    }
    return faults
  }

  /// What a reference `#/a/b` points to.
  func resolve(_ reference: String) -> JSONValue? {
    reference.split(separator: "/").dropFirst().reduce(Optional(document)) { $0?[String($1)] }
  }

  private func check(
    _ keyword: String, _ argument: JSONValue, _ value: JSONValue, _ schema: JSONValue, _ place: String
  ) -> [String] {
    switch keyword {
    case "description", "format", "example": return []
    case "$ref":
      guard let target = argument.string.flatMap(resolve) else { return ["\(place): no such reference \(argument)"] }
      return faults(of: value, against: target, at: place)
    case "type":
      let types = argument.elements?.compactMap(\.string) ?? [argument.string ?? ""]
      return types.contains { Self.isOf($0, value) } ? [] : ["\(place): not of type \(types)"]
    case "const": return value == argument ? [] : ["\(place): not \(argument)"]
    case "enum": return argument.elements?.contains(value) == true ? [] : ["\(place): \(value) is not listed"]
    case "pattern":
      guard let text = value.string, let pattern = argument.string else { return [] }
      return (try? Regex(pattern).firstMatch(in: text)) == nil ? ["\(place): \(text) has not the form \(pattern)"] : []
    case "minLength":
      return value.string.map { $0.count >= argument.integer ?? 0 } ?? true ? [] : ["\(place): too short"]
    case "maxLength":
      return value.string.map { $0.count <= argument.integer ?? 0 } ?? true ? [] : ["\(place): too long"]
    case "minimum": return value.number.map { $0 >= argument.number ?? 0 } ?? true ? [] : ["\(place): too small"]
    case "maximum": return value.number.map { $0 <= argument.number ?? 0 } ?? true ? [] : ["\(place): too large"]
    case "minItems":
      return value.elements.map { $0.count >= argument.integer ?? 0 } ?? true ? [] : ["\(place): too few"]
    case "maxItems":
      return value.elements.map { $0.count <= argument.integer ?? 0 } ?? true ? [] : ["\(place): too many"]
    case "items":
      return (value.elements ?? []).enumerated().flatMap { faults(of: $1, against: argument, at: "\(place)[\($0)]") }
    case "required":
      guard value.members != nil else { return [] }
      return (argument.elements ?? []).compactMap(\.string).filter { value[$0] == nil }.map { "\(place): no \($0)" }
    case "properties":
      return (argument.members ?? []).flatMap { property in
        value[property.name].map { faults(of: $0, against: property.value, at: "\(place).\(property.name)") } ?? []
      }
    case "additionalProperties":
      let known = schema["properties"]?.members?.map(\.name) ?? []
      let others = (value.members ?? []).filter { !known.contains($0.name) }
      if argument == .bool(false) { return others.map { "\(place): unknown \($0.name)" } }
      return others.flatMap { faults(of: $0.value, against: argument, at: "\(place).\($0.name)") }
    case "oneOf":
      let right = (argument.elements ?? []).count { faults(of: value, against: $0, at: place).isEmpty }
      return right == 1 ? [] : ["\(place): right by \(right) of the alternatives"]
    default: return ["\(place): the keyword \(keyword) is not known to this test"]
    }
  }

  private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("integer", .integer), ("number", .integer), ("number", .number),
      ("string", .string), ("array", .array), ("object", .object):
      true
    default: false
    }
  }
}
