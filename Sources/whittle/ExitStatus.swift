// The exit statuses that scripts rely on.

/// What the process tells its caller when it ends.
package enum ExitStatus: Int32, Hashable, Sendable, CaseIterable {
  /// Done, and what was asked holds.
  case done = 0
  /// Done, and the answer is no: `check` found a break or new access, or a threshold was hit.
  case answerIsNo = 1
  /// Wrong usage: nothing was read or written.
  case wrongUsage = 2
  /// Done, but some input was damaged or unreadable.
  case damagedInput = 3
  /// Could not be done: the input needed is missing, or the output could not be written.
  case cannotBeDone = 4

  /// What the status means, in the words of the help.
  package var meaning: String {
    switch self {
    case .done: "done, and what was asked holds"
    case .answerIsNo: "done, and the answer is no"
    case .wrongUsage: "wrong usage: nothing was read or written"
    case .damagedInput: "done, but some input was damaged or unreadable"
    case .cannotBeDone: "could not be done: input missing, or output not writable"
    }
  }

  /// The status that says more of two: not done before wrong usage, a "no" before damage, damage before "done".
  ///
  /// A "no" stands before damage because damaged logs can only hide use, never invent it: a break that was
  /// found is a break.
  ///
  /// - Parameter other: The other status.
  /// - Returns: The graver of the two.
  package func or(_ other: ExitStatus) -> ExitStatus {
    let gravity: [ExitStatus] = [.done, .damagedInput, .answerIsNo, .wrongUsage, .cannotBeDone]
    return gravity.last { $0 == self || $0 == other } ?? self
  }
}
