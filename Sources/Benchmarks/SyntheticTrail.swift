// Trails made from a seed: the shapes, fields and proportions of real events, none of their content.

import Glibc

/// Makes the events of a trail.
struct SyntheticTrail {
  /// Whoever makes calls.
  private struct Principal {
    let hash: UInt64
    let account: Int
    let name: String
    let arn: String
    /// Which ``TrailOperation/kinds`` it belongs to.
    let kind: Int
    /// Whether it is a role, whose sessions make the calls, or a user.
    let isRole: Bool
    /// The service that uses the role, for some.
    let invokedBy: String?
  }

  /// A call by a sort of caller, as a template.
  private struct Call {
    let template: TrailTemplate
    /// The same, refused.
    let refusal: TrailTemplate
  }

  private let model: TrailModel
  private let principals: [Principal]
  /// For each principal, the share of all events that are its own or an earlier one's.
  private let shares: [Double]
  /// For each kind, its calls by roles, by users and by services.
  private let calls: [[[Call]]]
  /// For each kind, the numbers of calls as often as they are made.
  private let choices: [[Int]]
  private var chance: TrailDice
  private var number = 0
  private var last: [UInt8] = []
  private var isRepeated = false

  /// Creates a trail.
  ///
  /// - Parameter model: What it is like.
  init(_ model: TrailModel) {
    self.model = model
    chance = TrailDice(TrailDice.hash(model.seed, 1))
    principals = (0..<model.principals).map { Self.principal($0, model) }
    var sum = 0.0
    let weights = (0..<model.principals).map { 1 / pow(Double($0 + 1), 1.05) }
    let total = weights.reduce(0, +)
    shares = weights.map {
      sum += $0 / total
      return sum
    }
    calls = TrailOperation.kinds.map { operations in
      operations.map { operation in
        Caller.allCases.map { caller in
          Call(
            template: TrailTemplate(caller.text(operation, isRefused: false)),
            refusal: TrailTemplate(caller.text(operation, isRefused: true)))
        }
      }
    }
    choices = TrailOperation.kinds.map { operations in
      operations.indices.flatMap { [Int](repeating: $0, count: operations[$0].weight) }
    }
  }

  private static func principal(_ index: Int, _ model: TrailModel) -> Principal {
    var dice = TrailDice(TrailDice.hash(model.seed, 2, UInt64(index)))
    let account = dice.below(model.accounts)
    let kind = dice.below(TrailOperation.kinds.count)
    let isRole = dice.below(6) > 0
    let name = ["service", "deploy", "watch"][kind] + "-\(index)"
    let place = isRole ? "role/team-\(dice.below(9))" : "user"
    return Principal(
      hash: dice.next(), account: account, name: name,
      arn: "arn:aws:iam::\(TrailModel.account(account)):\(place)/\(name)", kind: kind, isRole: isRole,
      invokedBy: isRole && dice.below(8) == 0 ? "ecs-tasks.amazonaws.com" : nil)
  }

  /// Writes the next event as one line of JSON, without a line feed.
  ///
  /// - Parameter output: Where it goes.
  mutating func writeEvent(to output: inout [UInt8]) {
    if isRepeated {
      isRepeated = false
      output.append(contentsOf: last)
      return
    }
    let start = output.count
    let fact = model.period.map { number % $0 } ?? number
    // What is said and when are made from numbers of their own, so that the same can be said at another time.
    var dice = TrailDice(TrailDice.hash(model.seed, 3, UInt64(fact)))
    let share = dice.unit()
    let principal = principals[Self.first(in: shares, from: share)]
    let choice = choices[principal.kind][dice.below(choices[principal.kind].count)]
    let caller: Caller = !principal.isRole ? .user : principal.invokedBy == nil ? .role : .service
    let call = calls[principal.kind][choice][caller.rawValue]
    let isRefused = dice.below(15) == 0
    // The log of one region is the busiest by far.
    let region = TrailModel.regions[dice.rank(of: TrailModel.regions.count)]
    let session = dice.below(principal.isRole ? 24 : 1)
    let template = isRefused ? call.refusal : call.template
    var ranks = [Int](repeating: -1, count: TrailTemplate.Slot.allCases.count)
    for part in template.parts {
      switch part {
      case .text(let bytes): output.append(contentsOf: bytes)
      case .slot(let slot) where slot.isResource:
        let place = slot.number
        if ranks[place] < 0 {
          // Many keys of few buckets.
          ranks[place] = dice.rank(of: slot == .bucket ? min(8, model.diversity) : model.diversity)
        }
        slot.write(TrailDice.hash(principal.hash, UInt64(place), UInt64(ranks[place])), &output)
      case .slot(let slot): write(slot, principal, region, session, &output)
      }
    }
    number += 1
    if chance.unit() < model.duplicates {
      last = Array(output[start...])
      isRepeated = true
    }
  }

  private mutating func write(
    _ slot: TrailTemplate.Slot, _ principal: Principal, _ region: String, _ session: Int,
    _ output: inout [UInt8]
  ) {
    func put(_ text: String) { output.append(contentsOf: text.utf8) }
    func letters(_ count: Int, _ hash: UInt64) {
      let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
      for place in 0..<count {
        let word = TrailDice.hash(hash, UInt64(place / 12))
        // Five bits choose one of 32 letters.
        output.append(unsafe alphabet.utf8Start[Int(truncatingIfNeeded: word >> UInt64(place % 12 * 5)) & 31])
      }
    }
    let hash = TrailDice.hash(principal.hash, UInt64(session))
    switch slot {
    case .account: put(TrailModel.account(principal.account))
    case .region: put(region)
    case .principalARN: put(principal.arn)
    case .principalName: put(principal.name)
    case .principalID:
      put(principal.isRole ? "AROA" : "AIDA")
      letters(17, principal.hash)
    case .session: put(principal.hash & 1 == 0 ? "session-\(session)" : "i-0\(String(hash, radix: 16))")
    case .accessKey:
      put(principal.isRole ? "ASIA" : "AKIA")
      letters(16, hash)
    case .address: put("10.\(hash >> 8 & 255).\(hash >> 16 & 255).\(hash >> 24 & 255)")
    case .agent: put(Self.agents[Int(principal.hash >> 32) % Self.agents.count])
    case .created: put(Self.time(number / 4000 * 300))
    case .time: put(Self.time(number / 14))
    case .eventID, .requestID: TrailTemplate.writeUUID(chance.next(), chance.next(), &output)
    case .extendedID: letters(64, chance.next())
    case .token: letters(16, chance.next())
    case .number: put(String(chance.below(100_000)))
    default: break
    }
  }

  private static let agents = [
    "aws-sdk-java/2.29.9 Linux/6.1.115 OpenJDK_64-Bit_Server_VM/21.0.5+11-LTS Java/21.0.5 vendor/Amazon.com_Inc. io/sync http/Apache cfg/retry-mode/legacy",
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) terraform-provider-aws/5.76.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.32.4 os/linux lang/go#1.23.3",
    "Boto3/1.35.63 md/Botocore#1.35.63 ua/2.0 os/linux#6.1.115 md/arch#x86_64 lang/python#3.12.7 md/pyimpl#CPython cfg/retry-mode#standard",
    "aws-cli/2.22.0 md/awscrt#0.23.0 ua/2.0 os/linux#5.15.0 md/arch#x86_64 lang/python#3.12.6 md/prompt#off md/command#sts.get-caller-identity",
  ]

  /// A second of the month, as CloudTrail writes it.
  private static func time(_ seconds: Int) -> String {
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
    let (days, second) = (seconds / 86_400 % 28, seconds % 86_400)
    return "2026-11-\(two(1 + days))T\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))Z"
  }

  /// The first place whose value is not below another.
  private static func first(in values: [Double], from value: Double) -> Int {
    var (low, high) = (0, values.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if values[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
