import BrowserKit
import Foundation
import Primitives

/// An exchange and the offices of a walk as an operator runs them: processes, started and set
/// up by the commands of the manual.
final class House: Sendable {
    enum Place: String, CaseIterable, Sendable {
        case exchange, care, hospital, clinic, room
    }

    private let folder: URL
    private let running = Lock<[(place: Place, process: WatchedProcess)]>([])
    private let ports = Lock<[Place: Int]>([:])

    private init(_ folder: URL) { self.folder = folder }

    /// The folder of the built program: that of the one that runs.
    private static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()
    static let demoData = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Deploy/demo-data")

    /// Founds a house, hands it over, and ends all its processes, also after a failure.
    static func live<Result>(
        _ places: [Place],
        _ body: (House) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            // Short: the path of a control socket has a narrow bound.
            .appendingPathComponent("house-" + UUID().uuidString.prefix(8))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let house = House(folder)
        let outcome: Swift.Result<Result, any Error>
        do {
            try await house.found(places)
            outcome = .success(try await body(house))
        } catch {
            outcome = .failure(error)
        }
        for (_, process) in house.running.withLock({ $0.reversed() }) { await process.end() }
        try FileManager.default.removeItem(at: folder)
        return try outcome.get()
    }

    /// Where the pages of an office are.
    func pages(of place: Place) -> String { "https://localhost:\(port(place))" }
    func port(_ place: Place) -> Int { ports.withLock { $0[place] ?? 0 } }

    // MARK: Founding

    private func found(_ places: [Place]) async throws {
        try await renkei(
            ["exchange", "init", "--name", "架空市医師会", "--host", "localhost"],
            .exchange
        )
        try await serve(.exchange, ["exchange", "serve", "--listen", "127.0.0.1:0"])
        for place in places { try await join(place) }
        for place in places {
            try await eventually("the offices of \(place) are in its directory") {
                let lines = try await renkei(["directory", "find", "--json"], place)
                    .split(separator: "\n").map { try JSON(reading: Array($0.utf8), .general) }
                return lines.filter { $0["canReceive"]?.bool == true }.count == places.count
                    ? true : nil
            }
            let consent = Self.demoData.appendingPathComponent("consent-\(place.rawValue).json")
            var words = ["gateway", "consent", "add", consent.path]
            if place == .care {
                let text = Self.demoData.appendingPathComponent("template-care.json").path
                try await renkei(["gateway", "template", "add", text] + place.acting, place)
                words += ["--template", "契約時の包括同意"]
            }
            try await renkei(words + place.acting, place)
        }
    }

    private func join(_ place: Place) async throws {
        try await renkei(["gateway", "init"], place)
        try await enrol(place.profile, place)
        try await serve(place)
    }

    private func enrol(_ profile: [String], _ place: Place) async throws {
        let paper = path("paper-\(UUID().uuidString)")
        try await renkei(
            [
                "exchange", "member", "add", "--url", "https://localhost:\(port(.exchange))", "-o",
                paper,
            ] + profile,
            .exchange
        )
        try await renkei(
            ["gateway", "enrol", "--paper", paper, "--phone", "06-0000-1001"] + place.acting,
            place
        )
    }

    /// Begins the gateway of an office anew, with a second organisation in it.
    func takeIn(_ profile: [String], at place: Place) async throws {
        let ended = running.withLock { all in
            let ended = all.filter { $0.place == place }
            all.removeAll { $0.place == place }
            return ended
        }
        for (_, process) in ended { await process.end() }
        try await enrol(profile, place)
        try await serve(place)
    }

    /// Adds a person with an account.
    ///
    /// - Returns: the code of the first sign-in.
    func hire(_ person: Person, at place: Place) async throws -> String {
        let printed = try await renkei(
            [
                "gateway", "user", "add", person.id, "--name", person.name,
                "--profession", person.profession, "--roles", person.roles, "--json",
            ] + place.acting,
            place
        )
        for line in printed.split(separator: "\n") where line.hasPrefix("{") {
            if let code = try JSON(reading: Array(line.utf8))["code"]?.string { return code }
        }
        throw Missing("a code in: \(printed)")
    }

    // MARK: Processes

    @discardableResult
    func renkei(_ words: [String], _ place: Place) async throws -> String {
        let program = Self.products.appendingPathComponent("renkei").path
        return try await WatchedProcess.run([program] + words + options(place))
    }

    private func serve(_ place: Place) async throws {
        // Pages that know their own address have passkeys.
        let address = "127.0.0.1:\(try FreePort.find())"
        try await serve(
            place,
            ["gateway", "serve", "--test-exchange", "--hold", "4", "--pages", address]
        )
    }

    private func serve(_ place: Place, _ words: [String]) async throws {
        let log = URL(fileURLWithPath: path(place.rawValue + ".log"))
        let program = Self.products.appendingPathComponent("renkei").path
        let words = [program] + words + options(place)
        let process = try WatchedProcess(
            words + ["--checkpoint-every", "1", "--until-input-ends"],
            printingTo: log.path
        )
        running.withLock { $0.append((place, process)) }
        let port = try await eventually("\(place) serves") {
            let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
            guard process.isRunning else { throw Missing("\(place): \(text)") }
            return try Self.port(in: text)
        }
        ports.withLock { $0[place] = port }
    }

    /// What the line that says that all runs has: the port of the exchange, or of the pages.
    private static func port(in log: String) throws -> Int? {
        for line in log.split(separator: "\n") where line.hasPrefix("{") && line.hasSuffix("}") {
            let json = try JSON(reading: Array(line.utf8), .general)
            guard json["event"]?.string == "process.started" else { continue }
            return (json["pages"] ?? json["port"])?.integer.map { Int($0) }
        }
        return nil
    }

    private func options(_ place: Place) -> [String] {
        ["--data", path(place.rawValue), "--unlock-file", path("unlock-" + place.rawValue)]
            + ["--lang", "ja"]
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
}

extension House.Place {
    /// How the exchange knows it.
    fileprivate var profile: [String] {
        switch self {
        case .exchange: []
        case .care:
            ["--name", "架空橋ケアプランセンター", "--type", "homeCareSupport", "--number", "9970100013"]
        case .hospital: ["--name", "架空記念病院", "--type", "hospital", "--number", "9910100115"]
        case .clinic: ["--name", "幻町内科クリニック", "--type", "clinic", "--number", "9910100123"]
        case .room: ["--name", "幻区在宅医療・介護連携相談支援室", "--type", "consultationRoom"]
        }
    }

    /// Who acts on the command line.
    var acting: [String] {
        let person =
            switch self {
            case .exchange, .care: ("辻󠄁本 春香", "careManager")
            case .hospital: ("潮見 薫", "msw")
            case .clinic: ("渡邉 仁", "doctor")
            case .room: ("相田 結", "coordinator")
            }
        return ["--as", person.0, "--role", person.1]
    }
}

/// Something that the walk needs is not there.
struct Missing: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
