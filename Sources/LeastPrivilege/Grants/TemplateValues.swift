// The intrinsic functions of a CloudFormation template, as far as the file itself says what they come to.
//
// `Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::Join` are resolved where everything in them is known: parts of the template with
// literal names, what `describe-stack-resources` and `describe-stacks` in the same file tell, and the pseudo parameters of
// the place. Everything else is unknown, and said to be; a parameter's default is not its value.

import IAM
import JSONStream

/// What is known of one stack beside its template.
struct StackFacts {
  /// Where the stack stands, with its name.
  var place: GrantPlace
  var stackName: String?
  /// Physical ids by logical id.
  var physical: [String: String] = [:]
  /// The values of parameters.
  var parameters: [String: String] = [:]

  init(place: GrantPlace) { self.place = place }

  /// Takes an answer of `aws cloudformation`; `false` where the value is none.
  mutating func read(_ value: JSONValue) -> Bool {
    var found = false
    for resource in value["StackResources"]?.elements ?? [] {
      found = true
      locate(resource)
      if let logical = resource["LogicalResourceId"]?.string, let id = resource["PhysicalResourceId"]?.string
      {
        physical[logical] = id
      }
    }
    for stack in value["Stacks"]?.elements ?? [] {
      found = true
      locate(stack)
      for parameter in stack["Parameters"]?.elements ?? [] {
        guard let key = parameter["ParameterKey"]?.string else { continue }
        parameters[key] = parameter["ResolvedValue"]?.string ?? parameter["ParameterValue"]?.string
      }
    }
    return found
  }

  private mutating func locate(_ value: JSONValue) {
    stackName = value["StackName"]?.string ?? stackName
    guard let arn = value["StackId"]?.string.flatMap({ ARN($0) }), arn.service == "cloudformation" else {
      return
    }
    place = GrantPlace(account: arn.account, region: arn.region, partition: arn.partition)
  }
}

/// Resolves the values of one template.
struct TemplateValues {
  /// Why a value is not known.
  struct Unknown: Error {
    /// The function, such as `Ref` of `Table`.
    var what: String
  }

  let resources: JSONValue
  let facts: StackFacts

  /// How far into a value the resolution has come.
  private struct Level {
    var depth = 0
    /// Whether it is the name of a part of the template that is resolved.
    ///
    /// Names that refer to further parts would let a small template ask for endless work, so they count as unknown.
    var isName = false

    func below() throws(Unknown) -> Level {
      guard depth < 64 else { throw Unknown(what: "a function nested too deeply") }
      return Level(depth: depth + 1, isName: isName)
    }
  }

  /// A value with its functions resolved.
  ///
  /// - Parameter value: The value.
  /// - Returns: The value; members that are `AWS::NoValue` are gone.
  /// - Throws: Where something in it is not known.
  func resolved(_ value: JSONValue) throws(Unknown) -> JSONValue { try resolved(value, Level()) }

  /// A text with its functions resolved; `nil` where there is none.
  ///
  /// - Parameter value: The value.
  /// - Returns: The text.
  /// - Throws: Where it is not known.
  func text(_ value: JSONValue?) throws(Unknown) -> String? { try text(value, Level()) }

  private func text(_ value: JSONValue?, _ level: Level) throws(Unknown) -> String? {
    guard let value, !Self.isNoValue(value) else { return nil }
    return try resolved(value, level).scalarText
  }

  private func resolved(_ value: JSONValue, _ level: Level) throws(Unknown) -> JSONValue {
    let below = try level.below()
    switch value {
    case .array(let elements):
      var result: [JSONValue] = []
      for element in elements where !Self.isNoValue(element) { result.append(try resolved(element, below)) }
      return .array(result)
    case .object(let members):
      if members.count == 1, let member = members.first, member.name == "Ref" || member.name.hasPrefix("Fn::")
      {
        return .string(try function(member.name, member.value, below))
      }
      var result: [JSONMember] = []
      for member in members where !Self.isNoValue(member.value) {
        result.append(JSONMember(member.name, try resolved(member.value, below)))
      }
      return .object(result)
    case .null, .bool, .number, .string: return value
    }
  }

  private static func isNoValue(_ value: JSONValue) -> Bool {
    value.members.count == 1 && value["Ref"]?.string == "AWS::NoValue"
  }

  private func function(_ name: String, _ argument: JSONValue, _ level: Level) throws(Unknown) -> String {
    switch name {
    case "Ref": return try reference(argument.string ?? "", level)
    case "Fn::GetAtt":
      let parts =
        argument.string?.split(separator: ".", maxSplits: 1).map(String.init)
        ?? argument.elements.compactMap(\.string)
      guard parts.count == 2 else { throw Unknown(what: "`Fn::GetAtt`") }
      return try attribute(parts[1], of: parts[0], level)
    case "Fn::Join":
      guard argument.elements.count == 2, let separator = argument.elements[0].string,
        case .array(let parts) = try resolved(argument.elements[1], level)
      else { throw Unknown(what: "`Fn::Join`") }
      return parts.compactMap(\.scalarText).joined(separator: separator)
    case "Fn::Sub":
      let text = argument.string ?? argument.elements.first?.string
      guard let text else { throw Unknown(what: "`Fn::Sub`") }
      return try substituted(text, argument.elements.dropFirst().first, level)
    default: throw Unknown(what: "`\(name)`")
    }
  }

  private func substituted(_ text: String, _ map: JSONValue?, _ level: Level) throws(Unknown) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
      result += rest[..<start.lowerBound]
      let name = String(rest[start.upperBound..<end])
      if name.hasPrefix("!") {
        // `${!aws:username}` stands for `${aws:username}`.
        result += "${\(name.dropFirst())}"
      } else if let value = map?[name] {
        guard let value = try self.text(value, level) else { throw Unknown(what: "`\(name)`") }
        result += value
      } else if let dot = name.firstIndex(of: ".") {
        result += try attribute(String(name[name.index(after: dot)...]), of: String(name[..<dot]), level)
      } else {
        result += try reference(name, level)
      }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private func reference(_ name: String, _ level: Level) throws(Unknown) -> String {
    let known: String?
    switch name {
    case "AWS::AccountId": known = facts.place.account
    case "AWS::Region": known = facts.place.region
    case "AWS::Partition": known = facts.place.partition
    case "AWS::StackName": known = facts.stackName
    case "AWS::URLSuffix":
      known = facts.place.partition.map { $0 == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com" }
    default: known = facts.physical[name] ?? facts.parameters[name]
    }
    if let known { return known }
    let unknown = Unknown(what: "`Ref` of `\(name)`")
    guard !level.isName, let resource = resources[name] else { throw unknown }
    let member: String
    switch resource["Type"]?.string {
    case "AWS::IAM::Role": member = "RoleName"
    case "AWS::IAM::User": member = "UserName"
    case "AWS::IAM::Group": member = "GroupName"
    case "AWS::IAM::ManagedPolicy": return try iamARN("policy", "ManagedPolicyName", of: name)
    case "AWS::S3::Bucket": member = "BucketName"
    case "AWS::DynamoDB::Table": member = "TableName"
    default: throw unknown
    }
    guard let text = try text(resource["Properties"]?[member], Level(isName: true)) else { throw unknown }
    return text
  }

  private func attribute(_ attribute: String, of name: String, _ level: Level) throws(Unknown) -> String {
    let unknown = Unknown(what: "`Fn::GetAtt` of `\(name).\(attribute)`")
    guard !level.isName, let resource = resources[name] else { throw unknown }
    switch (resource["Type"]?.string, attribute) {
    case ("AWS::IAM::Role", "Arn"): return try iamARN("role", "RoleName", of: name)
    case ("AWS::IAM::User", "Arn"): return try iamARN("user", "UserName", of: name)
    case ("AWS::IAM::Group", "Arn"): return try iamARN("group", "GroupName", of: name)
    case ("AWS::IAM::ManagedPolicy", "PolicyArn"): return try reference(name, level)
    case ("AWS::S3::Bucket", "Arn"):
      guard let partition = facts.place.partition else { throw unknown }
      return "arn:\(partition):s3:::\(try reference(name, level))"
    default: throw unknown
    }
  }

  /// The ARN of an identity or policy of the template.
  private func iamARN(_ kind: String, _ member: String, of name: String) throws(Unknown) -> String {
    let properties = resources[name]?["Properties"]
    if let physical = facts.physical[name], physical.hasPrefix("arn:") { return physical }
    var last = facts.physical[name]
    if last == nil { last = try text(properties?[member], Level(isName: true)) }
    guard let last else { throw Unknown(what: "the ARN of `\(name)`") }
    let path = try text(properties?["Path"], Level(isName: true)) ?? "/"
    let place = facts.place
    // Without account it is still the same name everywhere in the file, and matched by it in whatever account.
    guard kind == "policy" || place.account != nil else { throw Unknown(what: "the ARN of `\(name)`") }
    return "arn:\(place.partition ?? "aws"):iam::\(place.account ?? ""):\(kind)\(path)\(last)"
  }
}
