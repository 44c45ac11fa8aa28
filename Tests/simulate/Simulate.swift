import Foundation
import Primitives
import TestKit

/// `simulate --seeds N [--from S] [--plant FAULT] [--json] [--replay]`: runs the world from seeds S
/// to S+N−1. The exit code is 0 only where nothing was lost, doubled or contradicted.
@main enum Simulate {
    static func main() {
        do {
            let wish = try SimulateWish(Array(CommandLine.arguments.dropFirst()))
            if wish.isSweep { return try sweep() }
            if let size = wish.month { return try month(size, wish) }
            let total = try run(wish)
            say(wish.isJSON ? total.json : total.text)
            exit(total.isGood ? 0 : 1)
        } catch {
            FileHandle.standardError.write(Data("error: \(error)\n\(SimulateWish.usage)\n".utf8))
            exit(2)
        }
    }

    static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    private static func month(_ size: Month.Size, _ wish: SimulateWish) throws {
        let (report, district) = try OwnThread.run {
            try Month.run(size, seed: wish.from, threads: wish.threads)
        }
        for finding in report.findings.prefix(20) where !wish.isJSON {
            say("\(finding.kind.rawValue): \(finding.text)")
        }
        say(wish.isJSON ? report.json : report.text)
        withExtendedLifetime(district) { exit(report.isGood ? 0 : 1) }
    }

    private static func sweep() throws {
        let result = try Sweep.run()
        for failure in result.failures { say(failure) }
        say("\(result.runs) faults, \(result.failures.count) findings")
        exit(result.failures.isEmpty ? 0 : 1)
    }

    /// Runs all seeds, on two threads.
    static func run(_ wish: SimulateWish) throws -> Total {
        let ground = try Ground.found()
        let next = Lock(wish.from)
        let end = wish.from + wish.seeds
        let total = Lock(Total())
        let workers = DispatchGroup()
        for _ in 0..<wish.threads {
            workers.enter()
            let thread = Thread {
                while let seed = next.withLock({ next -> UInt64? in
                    guard next < end else { return nil }
                    defer { next += 1 }
                    return next
                }) {
                    let report = SimulatedWorld.run(seed, ground, plant: wish.plant)
                    tell(report, wish)
                    total.withLock { $0.add(report) }
                }
                workers.leave()
            }
            // Unoptimised code needs much room on the stack.
            thread.stackSize = 16 << 20
            thread.start()
        }
        workers.wait()
        return total.withLock { $0 }
    }

    private static func tell(_ report: SeedReport, _ wish: SimulateWish) {
        if wish.isReplay { say(report.transcript.joined(separator: "\n")) }
        guard !wish.isJSON, !report.isGood else { return }
        for finding in report.findings.prefix(10) {
            say("seed \(report.seed): \(finding.kind.rawValue): \(finding.text)")
        }
    }
}

/// A thread with room for unoptimised code.
enum OwnThread {
    static func run<Answer: Sendable>(
        _ body: @escaping @Sendable () throws -> Answer
    ) throws
        -> Answer
    {
        let answer = Lock<Result<Answer, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        start {
            let result = Result { try body() }
            answer.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        guard let result = answer.withLock({ $0 }) else { preconditionFailure("it has ended") }
        return try result.get()
    }

    /// Goes on meanwhile.
    static func start(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.stackSize = 64 << 20
        thread.start()
    }
}

/// What was asked on the command line.
struct SimulateWish: Sendable {
    var seeds: UInt64 = 100
    var from: UInt64 = 1
    var plant: ModelPlant?
    var isJSON = false
    var isReplay = false
    var isSweep = false
    var month: Month.Size?
    var threads = 2

    static let usage =
        "simulate --seeds N [--from S] [--plant FAULT] [--json] [--replay]\n"
        + "simulate --month [--organisations N] [--seed S] [--threads N] [--json]\n"
        + "simulate --sweep\n"
        + "  FAULT: " + ModelPlant.allCases.map(\.rawValue).joined(separator: ", ")

    struct Unknown: Error, CustomStringConvertible {
        let description: String
    }

    init(_ words: [String]) throws {
        var words = words[...]
        while let word = words.popFirst() {
            switch word {
            case "--seeds": seeds = try Self.number(words.popFirst(), of: word)
            case "--from": from = try Self.number(words.popFirst(), of: word)
            case "--json": isJSON = true
            case "--replay": isReplay = true
            case "--sweep": isSweep = true
            case "--month": month = Month.Size()
            case "--organisations" where month != nil:
                let count = try Self.number(words.popFirst(), of: word)
                guard count >= 20 else { throw Unknown(description: "at least 20") }
                month = Month.Size(organisations: Int(count), sheets: Int(count * 40))
            case "--seed" where month != nil:
                from = try Self.number(words.popFirst(), of: word)
            case "--threads" where month != nil:
                threads = max(1, Int(clamping: try Self.number(words.popFirst(), of: word)))
            case "--plant":
                plant = words.popFirst().flatMap(ModelPlant.init(rawValue:))
                if plant == nil { throw Unknown(description: "no such fault") }
            default: throw Unknown(description: "unknown word \(word)")
            }
        }
        if isReplay { threads = 1 }
    }

    private static func number(_ word: String?, of option: String) throws -> UInt64 {
        guard let number = word.flatMap(UInt64.init) else {
            throw Unknown(description: "\(option) needs a number")
        }
        return number
    }
}
