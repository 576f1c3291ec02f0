// Reading any number of logs on any number of threads.

import Dispatch
import JSONStream
import Synchronization

/// A pass over logs.
///
/// Files are spread over threads, each with a consumer of its own; the consumers are merged at the end. What comes
/// out depends neither on the order of the files nor on the number of threads. Memory is bounded by the largest
/// record and the largest directory, whatever the size of a file and the number of events (`DuplicateFilter`).
public struct LogScan: Sendable {
  /// What is read.
  public let inputs: [LogInput]
  /// How many threads read.
  public let jobs: Int
  /// What is told about progress, from any thread.
  public var progress: (@Sendable (LogProgress) -> Void)?

  /// Whether copies of an event are removed; only tests against counts of records turn it off.
  var removesDuplicates = true
  /// How much of the set of events seen is in memory, as `DuplicateFilter` counts it; tests make it small.
  var duplicateCapacity = DigestFile.leastRun

  /// Creates a scan.
  ///
  /// - Parameters:
  ///   - inputs: Files, directories and standard input, in any order.
  ///   - jobs: How many threads read; at least one does.
  ///   - progress: Called after each file and about every 256 KiB, from any thread.
  public init(
    inputs: [LogInput], jobs: Int = 1, progress: (@Sendable (LogProgress) -> Void)? = nil
  ) {
    self.inputs = inputs
    self.jobs = max(1, jobs)
    self.progress = progress
  }

  /// Reads all inputs.
  ///
  /// - Parameter make: Makes an empty consumer; called once for each thread.
  /// - Returns: The merged consumer, and the account of what was read.
  public func run<Consumer: EventConsumer>(
    _ make: @Sendable () -> Consumer
  ) -> (consumer: Consumer, summary: LogSummary) {
    let queue = FileQueue(inputs, progress)
    let duplicates = removesDuplicates ? DuplicateFilter(capacity: duplicateCapacity) : nil
    let results = Mutex<[(Consumer, LogSummary)]>([])
    DispatchQueue.concurrentPerform(iterations: jobs) { _ in
      var reader = FileReader(make(), duplicates: duplicates, queue: queue)
      while let item = queue.next() { reader.read(item) }
      var result = reader.finish()
      result.0.finish()
      results.withLock { $0.append(result) }
    }
    var consumer = make()
    var summary = LogSummary()
    for (part, counts) in results.withLock({ $0 }) {
      consumer.merge(part)
      summary.merge(counts)
    }
    summary.hiddenEntries = queue.hiddenEntries
    summary.unboundedDuplicates = duplicates?.failure
    return (consumer, summary)
  }
}

/// How far a scan has come.
public struct LogProgress: Hashable, Sendable {
  /// How many files were finished.
  public var files = 0
  /// How many bytes were read, as they stand on disk.
  public var bytes = 0
}

/// The files that are still to be read, shared by the threads of a scan; a class for that reason.
final class FileQueue: Sendable {
  private struct State: ~Copyable {
    var walker: FileWalker
    var progress = LogProgress()
  }

  private let state: Mutex<State>
  private let report: (@Sendable (LogProgress) -> Void)?

  init(_ inputs: [LogInput], _ report: (@Sendable (LogProgress) -> Void)?) {
    state = Mutex(State(walker: FileWalker(inputs)))
    self.report = report
  }

  /// The next file, or `nil` when there is none left.
  func next() -> FileWalker.Item? { state.withLock { $0.walker.next() } }

  /// How many directory entries were passed over because their names begin with a dot.
  var hiddenEntries: Int { state.withLock { $0.walker.hiddenEntries } }

  /// Adds to the progress and tells about it.
  func advance(files: Int, bytes: Int) {
    guard let report else { return }
    let progress = state.withLock { state in
      state.progress.files += files
      state.progress.bytes += bytes
      return state.progress
    }
    report(progress)
  }
}
