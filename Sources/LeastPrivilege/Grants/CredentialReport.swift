// IAM's credential report: passwords and access keys of users, as `aws iam get-credential-report` gives it.
//
// The file is the CSV itself, or the CLI's JSON with the CSV in `Content`, in base64 or decoded. The words `N/A`,
// `no_information` and `not_supported` stand where there is no date.

import CloudTrail
public import IAM
import JSONStream

/// The users of one or more credential reports.
public struct CredentialReport: Hashable, Sendable {
  /// One user.
  public struct User: Hashable, Sendable {
    /// The ARN; that of the root user ends in `:root`.
    public var arn: String
    /// When the user was created.
    public var created: Timestamp?
    /// The password, where there is one.
    public var password: Credential?
    /// The active access keys, with their numbers 1 and 2.
    public var keys: [Int: Credential] = [:]
  }

  /// A password or an access key that can be used.
  public struct Credential: Hashable, Sendable {
    /// When it was made or last changed.
    public var changed: Timestamp?
    /// When it was last used.
    public var lastUsed: Timestamp?
  }

  /// The users by ARN.
  public private(set) var users: [String: User] = [:]
  /// Rows that could not be read, sorted.
  public private(set) var problems: [GrantProblem] = []

  /// Creates a report of nobody.
  public init() {}

  /// Reads one file.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - file: The file's name, for messages.
  /// - Throws: Where it is no credential report.
  public init(parsing bytes: [UInt8], file: String) throws(GrantsError) {
    let text = try Self.text(of: bytes, file)
    var framer = CSVFramer()
    var header: [String] = []
    reading: while true {
      switch framer.next(text.span, isFinal: true) {
      case .row(let fields, _):
        let row = fields.map { String(decoding: $0, as: UTF8.self) }
        if !header.isEmpty {
          read(row, header, file)
        } else if row.contains("user"), row.contains("arn") {
          header = row
        } else {
          break reading
        }
      case .damage(let offset, let message):
        problems.append(GrantProblem(file: file, subject: "byte \(offset)", message: message))
      case .needMore, .end: break reading
      }
    }
    if header.isEmpty {
      throw Self.error(file, "this is no credential report; its first line names no columns `user` and `arn`")
    }
    problems.sort()
  }

  private mutating func read(_ row: [String], _ header: [String], _ file: String) {
    guard row.count == header.count else {
      if row != [""] {
        problems.append(
          GrantProblem(
            file: file, subject: row.first ?? "-",
            message: "the row has \(row.count) of \(header.count) columns"))
      }
      return
    }
    let cells = Dictionary(zip(header, row)) { first, _ in first }
    func time(_ column: String) -> Timestamp? { cells[column].flatMap { Timestamp(iso8601: $0) } }
    var user = User(arn: cells["arn"] ?? "", created: time("user_creation_time"))
    if cells["password_enabled"] == "true" {
      user.password = Credential(changed: time("password_last_changed"), lastUsed: time("password_last_used"))
    }
    for number in 1...2 where cells["access_key_\(number)_active"] == "true" {
      user.keys[number] = Credential(
        changed: time("access_key_\(number)_last_rotated"),
        lastUsed: time("access_key_\(number)_last_used_date"))
    }
    if users[user.arn] != nil {
      problems.append(
        GrantProblem(file: file, subject: user.arn, message: "this user stands in the report twice"))
    }
    users[user.arn] = user
  }

  /// Adds another report; of two that have one user the one with the later use holds.
  ///
  /// - Parameter other: The other report.
  public mutating func merge(_ other: CredentialReport) {
    users.merge(other.users) { mine, theirs in
      let times = (Self.latest(mine), Self.latest(theirs))
      if times.0 != times.1 { return times.0 < times.1 ? theirs : mine }
      return String(describing: mine) < String(describing: theirs) ? mine : theirs
    }
    problems = Array(Set(problems + other.problems)).sorted()
  }

  /// The latest time of any user; what ages are counted from where nothing else tells the time.
  public var latest: Timestamp? {
    users.values.map(Self.latest).max().map { Timestamp(secondsSinceEpoch: $0) }
  }

  private static func latest(_ user: User) -> Int64 {
    let credentials = [user.password].compactMap(\.self) + user.keys.values
    let times = [user.created] + credentials.flatMap { [$0.changed, $0.lastUsed] }
    return times.compactMap { $0?.secondsSinceEpoch }.max() ?? .min
  }

  /// The CSV, taken out of the CLI's answer.
  private static func text(of bytes: [UInt8], _ file: String) throws(GrantsError) -> [UInt8] {
    let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
    guard first == UInt8(ascii: "{") else { return bytes }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw GrantsError(code: .malformedJSON, file: file, offset: error.offset, message: error.message)
    }
    guard let content = value["Content"]?.string else {
      throw Self.error(file, "this is no credential report; it has no `Content`")
    }
    let text = Array(content.utf8)
    return content.hasPrefix("user,") ? text : Base64.decode(text) ?? text
  }

  private static func error(_ file: String, _ message: String) -> GrantsError {
    GrantsError(code: .unrecognized, file: file, message: message)
  }
}
