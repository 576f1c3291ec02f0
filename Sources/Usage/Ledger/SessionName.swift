// Whether the name of a role's session is that of a person.
//
// Whoever assumes a role chooses the name. Identity Center and most identity providers put the user's name or mail address
// there; EC2 puts the instance id, ECS the task id, Lambda the function's name; SDKs make names up with a time in them; tools
// and pipelines use one fixed name. What looks like neither a person nor a machine is taken for a machine.

import CloudTrail
import IAM
import JSONStream

/// Judges the names of sessions.
enum SessionName {
  /// Whether a session's name is a person's.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - isIdentityCenter: Whether the role is one of Identity Center's, whose sessions have the names of its users.
  /// - Returns: Whether it is.
  static func isPersons(_ name: Span<UInt8>, isIdentityCenter: Bool) -> Bool {
    if isIdentityCenter { return !name.isEmpty }
    if let at = name.offset(of: UInt8(ascii: "@")) {
      // A mail address.
      return at > 0 && name.offset(of: UInt8(ascii: "."), from: at) != nil
    }
    // IAM takes letters, digits and `_+=,.@-` for the names of sessions; people have a letter first, and few digits.
    guard name.count > 1, isLetter(name[0]) else { return false }
    var digits = 0
    for place in name.indices {
      switch name[place] {
      case let byte where isLetter(byte): continue
      case let byte where byte.isDigit: digits += 1
      case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): continue
      default: return false
      }
    }
    return digits <= 4 && !isInstance(name) && !hasMachineWord(name)
  }

  /// Words of names that tools, services and pipelines give their sessions.
  static let machineWords = [
    "actions", "amazon", "ansible", "api", "app", "application", "argocd", "assume", "assumed", "assumerole",
    "atlantis",
    "automation", "autoscaling", "aws", "awscli", "backup", "batch", "bitbucket", "boto", "boto3", "botocore",
    "bot", "build",
    "builder", "buildkite", "cd", "cdk", "ci", "circleci", "cli", "cloudformation", "cluster", "codebuild",
    "codedeploy",
    "codepipeline", "config", "controller", "cron", "crossplane", "default", "deploy", "deployer",
    "deployment", "ec2", "ecs",
    "eks", "emr", "execution", "function", "github", "githubactions", "gitlab", "glue", "gocd", "handler",
    "instance", "jenkins",
    "job", "k8s", "kubernetes", "lambda", "monitor", "monitoring", "node", "operator", "pipeline", "pod",
    "pulumi", "robot",
    "role", "runner", "sagemaker", "scanner", "scheduler", "sdk", "server", "service", "serverless",
    "session",
    "spacelift", "spinnaker", "ssm", "stepfunctions", "svc", "sync", "system", "task", "temp", "temporary",
    "terraform", "test",
    "tfc", "token", "tmp", "web", "worker", "workflow",
  ]

  /// The letters of these words, ascending.
  private static let machineLetters = machineWords.compactMap { letters(of: $0.utf8.span) }.sorted()

  /// `i-` or `mi-` and hexadecimal digits: an instance of EC2, or one that Systems Manager looks after.
  private static func isInstance(_ name: Span<UInt8>) -> Bool {
    let start = name.holds("mi-") ? 3 : name.holds("i-") ? 2 : name.count
    return name.count - start >= 8
      && (start..<name.count).allSatisfy { name[$0].isDigit || (0x61...0x66).contains(name[$0]) }
  }

  /// Whether a word of a name is a machine's, or the name begins as those of AWS's own services and tools do.
  ///
  /// Words are what stands between signs, and of that what begins with a capital behind another letter; with and without
  /// a number behind.
  private static func hasMachineWord(_ name: Span<UInt8>) -> Bool {
    var whole = 0
    while whole < name.count {
      var word = whole
      var end = whole
      while end < name.count, isLetter(name[end]) || name[end].isDigit {
        let byte = name[end]
        if end > word, isLetter(byte), byte & 0x20 == 0, name[end - 1] & 0x20 != 0 {
          if isMachines(name.extracting(word..<end), isFirst: word == 0) { return true }
          word = end
        }
        end += 1
      }
      if isMachines(name.extracting(word..<end), isFirst: word == 0)
        || word > whole && isMachines(name.extracting(whole..<end), isFirst: false)
      {
        return true
      }
      whole = end + 1
    }
    return false
  }

  private static func isMachines(_ word: Span<UInt8>, isFirst: Bool) -> Bool {
    // AWS's own services and tools begin with the company's name.
    if isFirst, word.count >= 3, letters(of: word.extracting(..<3)) == aws { return true }
    if isMachineWord(word) { return true }
    var end = word.count
    while end > 0, word[end - 1].isDigit { end -= 1 }
    return end > 0 && end < word.count && isMachineWord(word.extracting(..<end))
  }

  private static let aws = letters(of: "aws".utf8.span)

  private static func isMachineWord(_ word: Span<UInt8>) -> Bool {
    guard let letters = letters(of: word) else { return false }
    var (low, high) = (0, machineLetters.count)
    while low < high {
      let middle = (low + high) / 2
      if machineLetters[middle] == letters { return true }
      if machineLetters[middle] < letters { low = middle + 1 } else { high = middle }
    }
    return false
  }

  /// The letters of a word, small ones, as one number; `nil` where there are more than machines' words have.
  private static func letters(of word: Span<UInt8>) -> UInt128? {
    guard word.count <= 16 else { return nil }
    var letters: UInt128 = 0
    for place in word.indices {
      letters = letters << 8 | UInt128(isLetter(word[place]) ? word[place] | 0x20 : word[place])
    }
    return letters
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || byte >= 0x80
  }
}

extension SessionTexts {
  /// The name of a role's session: what stands behind the role in the ARN of the caller.
  var sessionName: String? {
    var name: String?
    withSessionName { name = String(bytes: $0) }
    return name
  }

  /// Calls a function with the name of a role's session, if it is one.
  ///
  /// - Parameter body: The function.
  func withSessionName(_ body: (Span<UInt8>) -> Void) {
    withText(.arn) { arn in
      if let name = SessionARN.nameOfSession(in: arn) { body(arn.extracting(name...)) }
    }
  }

  /// Whether the caller's role is one that Identity Center made for a permission set ("Referencing permission sets in
  /// resource policies" in the IAM Identity Center User Guide).
  var isIdentityCenterRole: Bool {
    var isOne: Bool?
    withText(.sessionIssuerUserName) { isOne = $0.holds("AWSReservedSSO_") }
    if let isOne { return isOne }
    withText(.arn) { isOne = $0.offset(of: ":assumed-role/AWSReservedSSO_") != nil }
    return isOne ?? false
  }
}
