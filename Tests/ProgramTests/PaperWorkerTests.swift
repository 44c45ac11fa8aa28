import Foundation
import Paper
import Primitives
import Sheets
import TestKit
import Testing

@testable import renkei

/// Pages drawn by a process of its own.
@Suite(.serialized) struct PaperWorkerTests {
    private static let program = Session.products.path + "/renkei"

    private static func job(_ text: String) -> PaperJob {
        let cell = FilledForm.Cell([.entered(text)], width: 180)
        let form = FilledForm(title: "書類", rows: [FilledForm.Row(cells: [cell])])
        return PaperJob(
            [PaperDocument(form, heading: "書類", footer: [], code: "renkei:1")],
            madeAt: Timestamp(milliseconds: 1_790_000_000_000)
        )
    }

    @Test func `a worker draws what the press draws, job after job`() async throws {
        let worker = PaperWorker(program: PaperWorkerTests.program)
        #expect(worker.process == nil)
        let job = PaperWorkerTests.job("髙﨑 𠮷之助")
        let pdf = try await worker.pdf(job)
        #expect(try pdf == Press.pdf(job))
        let process = worker.process
        #expect(process != nil)
        #expect(try await worker.pdf(job) == pdf)
        #expect(try await worker.undrawn(["一", "\u{10FFFD}"]) == ["\u{10FFFD}"])
        #expect(worker.process == process)
    }

    @Test func `it has little memory and writes no file`() async throws {
        let worker = PaperWorker(program: PaperWorkerTests.program)
        _ = try await worker.pdf(PaperWorkerTests.job("一"))
        let process = try #require(worker.process)
        let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
        let lines = limits.split(separator: "\n").map { line in
            line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
        #expect(lines.contains { $0.hasPrefix("Max file size 0 0") })
        #expect(lines.contains { $0.hasPrefix("Max core file size 0 0") })
        if !["__asan_init", "__tsan_init"].contains(where: LinkedLibrary.has) {
            #expect(lines.contains { $0.hasPrefix("Max address space 1073741824 1073741824") })
        }
    }

    @Test func `it holds no file and no socket of ours`() async throws {
        let worker = PaperWorker(program: PaperWorkerTests.program)
        _ = try await worker.pdf(PaperWorkerTests.job("一"))
        let process = try #require(worker.process)
        let folder = "/proc/\(process)/fd"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).map { name in
            try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/" + name)
        }
        #expect(!files.contains { $0.hasPrefix("socket:") })
        #expect(files.filter { $0.hasPrefix("pipe:") }.count == 2)
        let others = files.filter { !$0.hasPrefix("pipe:") && $0 != "/dev/null" }
        #expect(others.allSatisfy { $0.contains("/fonts/") || $0.contains("fontconfig") })
    }

    @Test func `a worker that is killed fails its job and no other`() async throws {
        let worker = PaperWorker(program: PaperWorkerTests.program)
        let job = PaperWorkerTests.job("一")
        let pdf = try await worker.pdf(job)
        let first = try #require(worker.process)
        // Stopped, it takes the job and never answers: killed in the middle of it.
        kill(first, SIGSTOP)
        let printing = Task { try await worker.pdf(job) }
        try await until { worker.jobsGiven == 2 }
        kill(first, SIGKILL)
        let outcome = await printing.result
        #expect(throws: PaperRefusal.workerEnded) { _ = try outcome.get() }
        #expect(try await worker.pdf(job) == pdf)
        #expect(worker.process != first)
    }

    @Test func `one that does not answer in time is ended`() async throws {
        let worker = PaperWorker(program: PaperWorkerTests.program, patience: .seconds(2))
        let job = PaperWorkerTests.job("一")
        _ = try await worker.pdf(job)
        let first = try #require(worker.process)
        kill(first, SIGSTOP)
        await #expect(throws: PaperRefusal.workerEnded) { try await worker.pdf(job) }
        #expect(kill(first, 0) == -1 && errno == ESRCH)
        #expect(try await !worker.pdf(job).isEmpty)
    }

    @Test func `after so many jobs there is another`() async throws {
        let worker = PaperWorker(program: PaperWorkerTests.program, jobsEach: 2)
        var processes: Set<Int32> = []
        for _ in 0..<4 {
            _ = try await worker.pdf(PaperWorkerTests.job("一"))
            processes.insert(try #require(worker.process))
        }
        #expect(processes.count == 2)
    }

    @Test func `a program that is none, or answers nonsense, is a failure`() async {
        for program in ["/no/such/program", "/bin/echo", "/bin/yes"] {
            let worker = PaperWorker(program: program, patience: .seconds(5))
            await #expect(throws: PaperRefusal.workerEnded) {
                try await worker.pdf(PaperWorkerTests.job("一"))
            }
        }
    }

    @Test func `many jobs at once wait for their turn, too many do not`() async throws {
        let worker = PaperWorker(program: PaperWorkerTests.program)
        let job = PaperWorkerTests.job("一")
        let count = PaperWorker.most + 4
        let outcomes = await withTaskGroup(of: PaperRefusal?.self) { group in
            for _ in 0..<count {
                group.addTask {
                    do throws(PaperRefusal) {
                        _ = try await worker.pdf(job)
                        return nil
                    } catch { return error }
                }
            }
            return await group.reduce(into: [PaperRefusal?]()) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == nil }.count >= PaperWorker.most)
        #expect(outcomes.compactMap(\.self).allSatisfy { $0 == .busy })
        let large = PaperWorkerTests.job(String(repeating: "あ", count: 3_000_000))
        await #expect(throws: PaperRefusal.tooLarge) { try await worker.pdf(large) }
    }
}
