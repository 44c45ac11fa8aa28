import Paper
import Primitives

/// The process that draws pages: it is started when it is first needed, anew after a failure and
/// after so many jobs, and ends with this value. One job at a time; others wait for their turn.
final class PaperWorker: Sendable {
    private struct Running {
        let child: ChildProcess
        let answers: PipeReader
        var jobs = 0
    }

    /// More jobs than this do not wait.
    static let most = 16

    private let program: String
    private let jobsEach: Int
    private let patience: Duration
    private let running = Lock<Running?>(nil)
    private let waiting = Lock(0)
    private let given = Lock(0)

    /// `patience` is for one job; the worker itself gives up before.
    init(
        program: String = ThisProcess.executable,
        jobsEach: Int = 500,
        patience: Duration = PaperLoop.patience + .seconds(5)
    ) {
        self.program = program
        self.jobsEach = jobsEach
        self.patience = patience
        // A worker that has died is an error of its job, not our end.
        Signals.ignoreBrokenPipes()
    }

    deinit { running.withLock { $0?.child.end() } }

    /// The process at work, if there is one.
    var process: Int32? { running.withLock { $0?.child.id } }

    /// How many jobs a process has been given whole.
    var jobsGiven: Int { given.withLock { $0 } }

    func pdf(_ job: PaperJob) async throws(PaperRefusal) -> [UInt8] {
        try PaperAnswer.pdf(try await answer(asked: job.bytes))
    }

    /// Which characters no font of this machine draws.
    func undrawn(_ characters: [String]) async throws(PaperRefusal) -> [String] {
        let question = PaperQuestion(characters)
        return try PaperAnswer.undrawn(try await answer(asked: question.bytes))
    }

    private func answer(asked bytes: [UInt8]) async throws(PaperRefusal) -> [UInt8] {
        guard bytes.count <= Limits.paperJobBytes else { throw .tooLarge }
        guard enter() else { throw .busy }
        defer { waiting.withLock { $0 -= 1 } }
        let answer = await withCheckedContinuation { done in
            LiveThread.start { done.resume(returning: self.answer(to: bytes)) }
        }
        guard let answer else { throw .workerEnded }
        return answer
    }

    private func enter() -> Bool {
        waiting.withLock { waiting in
            guard waiting < PaperWorker.most else { return false }
            waiting += 1
            return true
        }
    }

    /// Nil where the worker failed; the next job then finds another.
    private func answer(to job: [UInt8]) -> [UInt8]? {
        running.withLock { running in
            if let old = running, old.jobs >= jobsEach || old.child.exitCode() != nil {
                old.child.end()
                running = nil
            }
            guard var worker = running ?? start() else { return nil }
            let deadline = SystemTime().uptime + patience
            let isGiven = worker.child.send(PaperFrame.framed(job), within: patience)
            given.withLock { $0 += isGiven ? 1 : 0 }
            guard isGiven, let head = worker.answers.read(PaperFrame.headBytes, until: deadline),
                let length = PaperFrame.length(head, atMost: Limits.paperBytes + 1),
                let answer = worker.answers.read(length, until: deadline)
            else {
                worker.child.end()
                running = nil
                return nil
            }
            worker.jobs += 1
            running = worker
            return answer
        }
    }

    private func start() -> Running? {
        do throws(FileError) {
            let (output, reader) = try ChildOutput.pipe()
            // What libraries print may quote what they were given.
            let nowhere = try ChildOutput(appendingTo: "/dev/null")
            let child = try ChildProcess(
                [program, PaperLoop.command],
                output: output,
                errorOutput: nowhere
            )
            return Running(child: child, answers: reader)
        } catch { return nil }
    }
}
