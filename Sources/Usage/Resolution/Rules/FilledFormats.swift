// Rule `parameters`: the type's ARN formats filled from request parameters of the placeholders' names.
//
// `${BucketName}` is filled by a parameter `bucketName`. Services are not that regular, so names are tried in an order
// from exact to vague: the placeholder's own name, the catalog's aliases, the placeholder with another ending (`…Id`,
// `…Name`, `…Identifier`), the type's name with such an ending, and, only where the operation is about this type or
// the action knows no other, plain `name` and `id`.

import AWSCatalog
import IAM

/// The name of a placeholder, taken apart.
struct PlaceholderName: Sendable {
  private static let endings = ["namewithpath", "friendlyname", "identifier", "name", "uuid", "id", "arn"]

  /// The name as the format writes it.
  let text: String
  /// The name in lower-case letters and digits.
  let folded: String
  /// The folded name without an ending that says what sort of value it is.
  let stem: String
  /// Whether values are ids.
  let isID: Bool

  /// Takes a name apart.
  ///
  /// - Parameter text: The name as a format writes it.
  init(_ text: String) {
    self.text = text
    let folded = ParameterIndex.folded(text)
    let ending = PlaceholderName.endings.first { folded.hasSuffix($0) }
    self.folded = folded
    stem = ending.map { String(folded.dropLast($0.count)) } ?? folded
    isID = ending == "id" || ending == "uuid"
  }
}

/// Values of the placeholders of an ARN format, found among parameters.
struct PlaceholderValues {
  let query: ResourceQuery
  /// Where to look, in this order.
  let indexes: [ParameterIndex]
  /// Whether plain `name` and `id` may stand for the type.
  let allowsPlainNames: Bool

  /// The values of each placeholder of a format, in order; none for those that no parameter fills.
  ///
  /// A parameter fills one placeholder only: in `stack/${StackName}/${Id}` a stack's name is not its id as well.
  ///
  /// - Parameter format: The format.
  /// - Returns: One list of values a placeholder.
  func columns(of format: ARNFormat) -> [[Parameter]] {
    let placeholders = format.names
    let naming = placeholders.lastIndex { !$0.isID } ?? placeholders.count - 1
    var taken: Set<[String]> = []
    return placeholders.enumerated().map { index, placeholder in
      let found = values(
        of: placeholder, isNaming: index == naming, isSole: placeholders.count == 1, except: taken)
      taken.formUnion(found.map(\.path))
      return found
    }
  }

  /// The values of one placeholder, from the first name that has any, most telling first: the placeholder's own, the
  /// catalog's aliases, the placeholder with another ending, those that the type has, and those that say nothing of it.
  private func values(
    of name: PlaceholderName, isNaming: Bool, isSole: Bool, except taken: Set<[String]>
  ) -> [Parameter] {
    let placeholder = name.text
    let (folded, stem, isID) = (name.folded, name.stem, name.isID)
    for index in indexes where !index.isEmpty {
      /// The usable values of the first of some names that has any.
      func first(_ stem: String, _ endings: [String]) -> [Parameter]? {
        for ending in endings {
          let values = index.values(folded: stem, ending).filter { !taken.contains($0.path) }
            .compactMap { usable($0, for: placeholder) }
          if !values.isEmpty { return values }
        }
        return nil
      }
      if let values = first(folded, [""]) ?? first("", query.type.aliases(of: placeholder)) { return values }
      if !stem.isEmpty, let values = first(stem, PlaceholderValues.variants) { return values }
      if isNaming {
        if let values = first(query.type.foldedName, PlaceholderValues.variants) { return values }
        guard allowsPlainNames else { continue }
        let plain = PlaceholderValues.plainNames(isID: isID && isSole, isCreated: query.isCreated)
        if let values = first("", plain) { return values }
      } else if isID, allowsPlainNames, let values = first("", ["id", "identifier"]) {
        return values
      }
    }
    return []
  }

  /// Names that say nothing of the type.
  ///
  /// The id of something new is never in the request, whatever is called `name`.
  private static func plainNames(isID: Bool, isCreated: Bool) -> [String] {
    if isID { return isCreated ? [] : ["id", "identifier", "name", "ids", "resourceid", "resourcename"] }
    return ["name", "id", "identifier", "names", "resourcename", "resourceid"]
  }

  /// The endings of names that have a stem.
  private static let variants = [
    "name", "id", "identifier", "names", "ids", "identifiers", "", "s", "uuid", "key",
  ]

  /// The parameter if its value can stand in an ARN; the part of an ARN that the placeholder names, where it is one.
  private func usable(_ parameter: Parameter, for placeholder: String) -> Parameter? {
    guard WellFormed.isValue(parameter.value) else { return nil }
    guard parameter.value.hasPrefix("arn:") else {
      return EC2Resources.mayName(query.type.name, parameter.value, query.action.service) ? parameter : nil
    }
    guard let arn = WellFormed.arn(parameter.value),
      let part = query.action.serviceTypes.value(of: placeholder, in: arn)
    else { return nil }
    return Parameter(path: parameter.path, positions: parameter.positions, value: part)
  }
}

/// The type's formats filled completely from the request.
struct FilledFormats: ResourceRule {
  let name = "parameters"

  func resources(_ query: ResourceQuery) -> [String] {
    if ServiceRules.owned(query.type.name, of: query.action.service) { return [] }
    return FilledFormats.filled(
      PlaceholderValues(
        query: query, indexes: [query.call.request],
        allowsPlainNames: query.action.types.count == 1
          || query.operation.isAbout(query.type, of: query.action.service)))
  }

  /// The resources of the first format whose placeholders all have values.
  ///
  /// - Parameter lookup: Where the values come from.
  /// - Returns: The resources; none where a value is missing.
  static func filled(_ lookup: PlaceholderValues) -> [String] {
    let query = lookup.query
    for format in query.type.formats {
      let columns = lookup.columns(of: format)
      if columns.isEmpty { continue }
      guard columns.allSatisfy({ !$0.isEmpty }) else { continue }
      let resources = rows(columns).compactMap { query.resource(format, $0) }
      if !resources.isEmpty { return resources }
    }
    return []
  }

  /// The values of one resource each: columns of several values are joined by their positions in the request's lists.
  ///
  /// - Parameter columns: The values of each placeholder, none empty.
  /// - Returns: One row of values a resource.
  static func rows(_ columns: [[Parameter]]) -> [[String?]] {
    let longest = columns.max { $0.count < $1.count } ?? []
    return longest.prefix(ResourceQuery.limit).map { lead in
      columns.map { column in
        if column.count == 1 { return column[0].value }
        return column.max { left, right in
          common(left.positions, lead.positions) < common(right.positions, lead.positions)
        }?.value
      }
    }
  }

  private static func common(_ left: [Int], _ right: [Int]) -> Int {
    zip(left, right).prefix { $0 == $1 }.count
  }
}
