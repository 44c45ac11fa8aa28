import Primitives

/// An organisation of the demonstration, and how its people call the program.
struct DemoOffice: Sendable {
    /// Name of the folder, and in paths shown.
    let folder: String
    let name: String
    let type: String
    /// nil: an organisation without one is found by its name.
    let number: String?
    let phone: String
    /// Who acts there.
    let person: (name: String, role: String)

    static let care = DemoOffice(
        folder: "care",
        name: "架空橋ケアプランセンター",
        type: "homeCareSupport",
        number: "9970100013",
        phone: "06-0000-1001",
        person: ("辻󠄁本 春香", "careManager")
    )
    static let clinic = DemoOffice(
        folder: "clinic",
        name: "幻町内科クリニック",
        type: "clinic",
        number: "9910100123",
        phone: "06-0000-3001",
        person: ("渡邉 仁", "doctor")
    )
    static let hospital = DemoOffice(
        folder: "hospital",
        name: "架空記念病院",
        type: "hospital",
        number: "9910100115",
        phone: "06-0000-2001",
        person: ("潮見 薫", "msw")
    )
    static let room = DemoOffice(
        folder: "room",
        name: "幻区在宅医療・介護連携相談支援室",
        type: "consultationRoom",
        number: nil,
        phone: "06-0000-4001",
        person: ("相田 結", "coordinator")
    )
    static let all = [care, clinic, hospital, room]

    var acting: [String] { ["--as", person.name, "--role", person.role] }

    /// Who signs in to the pages: 職員ID, name, roles.
    var staff: [(id: String, name: String, roles: String)] {
        [
            ("tantou", person.name, "sender,deskLead"),
            ("kanri", "架空 管理子", "administrator,auditor"),
        ]
    }

    func pagesFile(_ stage: DemoStage) -> String { stage.folder + "/pages-" + folder }
    func data(_ stage: DemoStage) -> String { stage.folder + "/gateways/" + folder }
    func unlock(_ stage: DemoStage) -> String { stage.folder + "/unlock/" + folder }

    /// The options that a real office has in its configuration; they are not shown each time.
    func place(_ stage: DemoStage) -> [String] {
        ["--data", data(stage), "--unlock-file", unlock(stage), "--lang", "ja"]
    }

    /// Asks the running gateway without a command in between; for waiting.
    func ask(_ stage: DemoStage, _ name: String, _ json: JSON = [:]) async throws -> JSON {
        guard let answer = try await ControlSocket.ask(data(stage), ControlCall(name, json)) else {
            throw DemoFailure(what: "\(folder): \(name)", output: "nobody answers")
        }
        return answer.json
    }
}
