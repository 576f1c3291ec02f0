// IAM's last accessed information: which services, and which of their actions, identities last tried to use.
//
// It is the answer of `aws iam get-service-last-accessed-details`. Each entry names the identity that last made an
// authenticated attempt on a service, with its time, and, in reports of the granularity ACTION_LEVEL, on actions of it. What it
// tells, by "Refine permissions in AWS using last accessed information" in the IAM User Guide and the API's reference:
//
//   - attempts, whether they were allowed or denied, of at least the last 400 days, some four hours late;
//   - for services all operations, for actions only those *tracked*: operations of the management plane of some services;
//   - no resource, and of a group or policy only whoever came last.
//
// So it can speak for an action that logs do not show, and says nothing against one: an identity that is not named in an entry may
// have come earlier. The one thing taken from a missing time is that a tracked action without one was tried by nobody whom the
// report is about.

import CloudTrail
public import IAM
import JSONStream

/// Attempts that AWS recorded, by identity.
public struct LastAccessedReport: Hashable, Sendable {
  /// The last attempt of one identity.
  public struct Attempt: Hashable, Sendable {
    /// When it was.
    public var time: Timestamp
    /// The region that it went to, where the report tells.
    public var region: String?
    /// For attempts on services: tracked actions of which the report has no attempt, in lower case.
    public var untouched: Set<String> = []
  }

  /// What was tried.
  public struct Target: Hashable, Sendable {
    /// The identity's ARN.
    public var entity: String
    /// A service's prefix, or an action in lower case.
    public var name: String
  }

  /// Attempts on services.
  public private(set) var services: [Target: Attempt] = [:]
  /// Attempts on tracked actions.
  public private(set) var actions: [Target: Attempt] = [:]
  /// What could not be read, sorted.
  public private(set) var problems: [GrantProblem] = []

  /// Creates a report of nobody.
  public init() {}

  /// Whether nobody tried anything.
  public var isEmpty: Bool { services.isEmpty && actions.isEmpty }

  /// Reads one file: one or more answers, one behind another or in an array.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - file: The file's name, for messages.
  /// - Throws: Where it holds no last accessed information.
  public init(parsing bytes: [UInt8], file: String) throws(GrantsError) {
    var isReport = false
    for (offset, text) in JSONSequence.values(of: bytes) {
      let value: JSONValue
      do throws(JSONError) {
        value = try JSONValue(parsing: text)
      } catch {
        throw GrantsError(
          code: .malformedJSON, file: file, offset: offset + error.offset, message: error.message)
      }
      let answers = if case .array(let elements) = value { elements } else { [value] }
      for answer in answers where read(answer, file) { isReport = true }
    }
    guard isReport else {
      throw GrantsError(
        code: .unrecognized, file: file,
        message: "this is no last accessed information; it has no `ServicesLastAccessed`")
    }
    problems.sort()
  }

  /// Reads one answer, and tells whether it is one.
  private mutating func read(_ answer: JSONValue, _ file: String) -> Bool {
    guard answer["ServicesLastAccessed"] != nil || answer["JobStatus"] != nil else { return false }
    if let status = answer["JobStatus"]?.string, status != "COMPLETED" {
      report(file, "JobStatus", "the job is `\(status)`; ask again until it is `COMPLETED`")
    }
    if answer["EntityDetailsList"] != nil {
      report(
        file, "EntityDetailsList",
        "this answer does not name its service; use `get-service-last-accessed-details` of each identity")
    }
    for service in answer["ServicesLastAccessed"]?.elements ?? [] { readService(service, file) }
    return true
  }

  private mutating func readService(_ value: JSONValue, _ file: String) {
    guard let prefix = value["ServiceNamespace"]?.string?.lowercased() else {
      report(file, value["ServiceName"]?.string ?? "-", "this service has no `ServiceNamespace`")
      return
    }
    var untouched: Set<String> = []
    for action in value["TrackedActionsLastAccessed"]?.elements ?? [] {
      guard let name = action["ActionName"]?.string else {
        report(file, prefix, "a tracked action has no `ActionName`")
        continue
      }
      let full = "\(prefix):\(name.lowercased())"
      if action["LastAccessedTime"] == nil || action["LastAccessedTime"] == .null {
        untouched.insert(full)
      } else if let (entity, attempt) = attempt(
        action["LastAccessedEntity"], action["LastAccessedTime"], action["LastAccessedRegion"], full, file)
      {
        add(attempt, by: Target(entity: entity, name: full), to: &actions)
      }
    }
    guard value["LastAuthenticated"] != nil, value["LastAuthenticated"] != .null,
      let (entity, found) = attempt(
        value["LastAuthenticatedEntity"], value["LastAuthenticated"], value["LastAuthenticatedRegion"],
        prefix, file)
    else { return }
    var attempt = found
    attempt.untouched = untouched
    add(attempt, by: Target(entity: entity, name: prefix), to: &services)
  }

  private mutating func attempt(
    _ entity: JSONValue?, _ time: JSONValue?, _ region: JSONValue?, _ subject: String, _ file: String
  ) -> (entity: String, Attempt)? {
    guard let entity = entity?.string, let time = time?.string.flatMap({ Timestamp(iso8601: $0) }) else {
      report(file, subject, "the attempt has no time or no identity that can be read")
      return nil
    }
    return (entity, Attempt(time: time, region: region?.string))
  }

  private mutating func report(_ file: String, _ subject: String, _ message: String) {
    problems.append(GrantProblem(file: file, subject: subject, message: message))
  }

  /// Keeps the later of two attempts; of two at one time what both tell.
  private func add(_ attempt: Attempt, by target: Target, to attempts: inout [Target: Attempt]) {
    guard let known = attempts[target], known.time >= attempt.time else {
      attempts[target] = attempt
      return
    }
    guard known.time == attempt.time else { return }
    attempts[target] = Attempt(
      time: known.time, region: [known.region, attempt.region].compactMap(\.self).min(),
      untouched: known.untouched.union(attempt.untouched))
  }

  /// Adds another report.
  ///
  /// - Parameter other: The other report.
  public mutating func merge(_ other: LastAccessedReport) {
    for (target, attempt) in other.services { add(attempt, by: target, to: &services) }
    for (target, attempt) in other.actions { add(attempt, by: target, to: &actions) }
    problems = Array(Set(problems + other.problems)).sorted()
  }

  /// The last attempts of all identities, whatever on.
  var lastAttempts: [String: Timestamp] {
    var result: [String: Timestamp] = [:]
    for (target, attempt) in services.merging(actions, uniquingKeysWith: { first, _ in first }) {
      result[target.entity] = max(result[target.entity] ?? attempt.time, attempt.time)
    }
    return result
  }
}
