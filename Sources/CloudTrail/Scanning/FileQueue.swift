// What the threads of a scan do next.

import Dispatch
import Synchronization

/// The files that are still to be read and the streams that may be helped with, shared by the threads of a scan; a
/// class for that reason.
final class FileQueue: Sendable {
  /// What a thread does next.
  enum Job {
    /// Read a file.
    case read(FileWalker.Item)
    /// Read a part of a stream that another thread has begun.
    case help(SharedStream)
  }

  private enum Answer {
    case job(Job)
    case wait, end
  }

  private struct State: ~Copyable {
    var walker: FileWalker
    var streams: [SharedStream] = []
    var progress = LogProgress()
    /// How many threads do a job, and may share a stream.
    var busy = 0
    /// How many threads wait for a stream to help with.
    var waiting = 0
  }

  /// From what size on streams are shared, and by how much.
  let sizes: SharedStream.Sizes
  /// Whether there are threads to share streams with.
  let sharesStreams: Bool

  private let state: Mutex<State>
  private let wake = DispatchSemaphore(value: 0)
  private let report: (@Sendable (LogProgress) -> Void)?

  init(
    _ inputs: [LogInput], _ sizes: SharedStream.Sizes, sharesStreams: Bool,
    _ report: (@Sendable (LogProgress) -> Void)?
  ) {
    state = Mutex(State(walker: FileWalker(inputs)))
    self.sizes = sizes
    self.sharesStreams = sharesStreams
    self.report = report
  }

  /// The next job, or `nil` when everything was read; ``finishJob()`` is called behind it.
  ///
  /// While other threads still read, one of their files may prove to be large, so a thread without work waits.
  func next() -> Job? {
    while true {
      let answer = state.withLock { state -> Answer in
        state.streams.removeAll { !$0.hasMore }
        let job = state.walker.next().map { Job.read($0) } ?? state.streams.first.map { Job.help($0) }
        if let job {
          state.busy += 1
          return .job(job)
        }
        if state.busy == 0 { return .end }
        state.waiting += 1
        return .wait
      }
      switch answer {
      case .job(let job): return job
      case .end: return nil
      case .wait: wake.wait()
      }
    }
  }

  /// Says that a job is done.
  func finishJob() {
    state.withLock { state in
      state.busy -= 1
      if state.busy == 0 { wakeAll(&state) }
    }
  }

  /// Lets other threads help with a stream.
  func share(_ stream: SharedStream) {
    state.withLock { state in
      state.streams.append(stream)
      wakeAll(&state)
    }
  }

  private func wakeAll(_ state: inout State) {
    for _ in 0..<state.waiting { wake.signal() }
    state.waiting = 0
  }

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
