// An account that scripts can be run against: `testdata/aws-cli/aws` keeps it as files.

import Foundation
import JSONStream
import TestSupport
import Testing

/// An account as the stand-in for the AWS CLI keeps it.
struct StandInAccount {
  /// The folder.
  let folder: String

  /// Writes an account.
  ///
  /// - Parameters:
  ///   - details: What `aws iam get-account-authorization-details` says of it.
  ///   - number: Its number.
  ///   - folder: Where to write it.
  ///   - awsManaged: The versions of AWS managed policies, by ARN.
  /// - Throws: What Foundation throws.
  init(_ details: JSONValue, number: String, in folder: String, awsManaged: [String: String]) throws {
    self.folder = folder
    try write(number, "id")
    for policy in details["Policies"]?.elements ?? [] {
      guard let arn = policy["Arn"]?.string else { continue }
      let versions = policy["PolicyVersionList"]?.elements ?? []
      try self.policy(arn, default: policy["DefaultVersionId"]?.string ?? "v1")
      for version in versions {
        let id = version["VersionId"]?.string ?? ""
        try write(Self.text(version["Document"]), "policies/\(Self.key(arn))/versions/\(id)")
      }
      let last = versions.compactMap { $0["VersionId"]?.string.flatMap { Int($0.dropFirst()) } }.max() ?? 1
      try write(String(last), "policies/\(Self.key(arn))/last")
    }
    for (arn, version) in awsManaged { try policy(arn, default: version) }
    for kind in ["User", "Role", "Group"] {
      for holder in details["\(kind)DetailList"]?.elements ?? [] {
        let place = "\(kind.lowercased())/\(holder["\(kind)Name"]?.string ?? "")"
        for attached in holder["AttachedManagedPolicies"]?.elements ?? [] {
          guard let arn = attached["PolicyArn"]?.string else { continue }
          try write(arn, "attached/\(place)/\(Self.key(arn))")
        }
        for inline in holder["\(kind)PolicyList"]?.elements ?? [] {
          try write(
            Self.text(inline["PolicyDocument"]), "inline/\(place)/\(inline["PolicyName"]?.string ?? "")")
        }
        for group in holder["GroupList"]?.elements.compactMap(\.string) ?? [] {
          try write("", "groups/\(holder["UserName"]?.string ?? "")/\(group)")
        }
      }
    }
  }

  /// Runs a script against the account.
  ///
  /// - Parameter script: The script's path.
  /// - Returns: What the run left behind.
  /// - Throws: What starting it throws.
  func run(_ script: String) throws -> ProcessResult {
    let tools = Fixtures.packageRoot.appending(path: "testdata/aws-cli").path
    return try WhittleProcess.shell(
      "sh '\(script)'",
      environment: [
        "PATH": "\(tools):\(ProcessInfo.processInfo.environment["PATH"] ?? "")",
        "WHITTLE_TEST_ACCOUNT": folder,
      ])
  }

  /// The calls so far that change something.
  var calls: [String] {
    (try? String(contentsOfFile: "\(folder)/calls", encoding: .utf8))?.split(separator: "\n").map(String.init)
      ?? []
  }

  /// Everything that the account holds, one line each, sorted; versions go by what they say, since ids never come back.
  ///
  /// - Returns: The lines.
  /// - Throws: What Foundation throws.
  func contents() throws -> [String] {
    var lines: [String] = []
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder)
    for path in paths {
      let name = path.split(separator: "/").last ?? ""
      let type = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")[.type]
      guard type as? FileAttributeType == .typeRegular, !["calls", "last", "default"].contains(name) else {
        continue
      }
      let text = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
      let document = text.filter { !$0.isWhitespace }
      guard let range = path.range(of: "/versions/") else {
        lines.append("\(path) \(document)")
        continue
      }
      let policy = path[..<range.lowerBound]
      let inForce = try String(contentsOfFile: "\(folder)/\(policy)/default", encoding: .utf8)
      let isInForce = inForce.filter { !$0.isWhitespace } == name
      lines.append("\(policy) \(isInForce ? "in force" : "kept") \(document)")
    }
    return lines.sorted()
  }

  private func policy(_ arn: String, default version: String) throws {
    try write(arn, "policies/\(Self.key(arn))/arn")
    try write(version, "policies/\(Self.key(arn))/default")
  }

  /// Writes a file of the account.
  ///
  /// - Parameters:
  ///   - text: What it says.
  ///   - path: Its path in the folder.
  /// - Throws: What Foundation throws.
  func write(_ text: String, _ path: String) throws {
    let url = URL(filePath: "\(folder)/\(path)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("\(text)\n".utf8).write(to: url)
  }

  private static func key(_ arn: String) -> String { arn.replacing("/", with: "%") }

  private static func text(_ document: JSONValue?) -> String {
    if let string = document?.string { return string.removingPercentEncoding ?? string }
    var writer = JSONWriter()
    if let document { writer.write(document) }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
