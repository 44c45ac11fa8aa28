import BrowserKit
import Primitives
import TestKit

/// Somebody with an account at an office.
struct Person: Sendable {
    let id: String
    let name: String
    let profession: String
    let roles: String

    static let careManager = Person(
        id: "tsujimoto",
        name: "辻󠄁本 春香",
        profession: "careManager",
        roles: "sender,administrator,auditor"
    )
    static let socialWorker = Person(
        id: "shiomi",
        name: "潮見 薫",
        profession: "msw",
        roles: "deskLead,sender"
    )

    static let doctor = Person(
        id: "watanabe",
        name: "渡邉 仁",
        profession: "doctor",
        roles: "deskLead,sender"
    )

    /// Of everybody here.
    static let password = "朝顔と古い駅のベンチ 七番"
}

extension Desk {
    /// The steps of a first sign-in, each ending at the next page.
    func giveFirstCode(_ code: String, of person: Person) async throws {
        try await fill("職員ID", person.id)
        try await fill("パスワード", code)
        try await use("サインイン")
    }

    func choosePassword() async throws {
        try await fill("新しいパスワード", Person.password)
        try await use("パスワードを決める")
    }

    /// - Returns: the app, whose code of this moment is spent.
    @discardableResult
    func enrol() async throws -> AuthenticatorApp {
        let app = AuthenticatorApp(key: try await browser.find("#key").text)
        try await fill("アプリの6桁", try await app.code(at: MachineTime().now))
        try await use("登録する")
        return app
    }

    func signInFirst(_ code: String, of person: Person) async throws {
        try await open("/")
        try await giveFirstCode(code, of: person)
        try await choosePassword()
        try await enrol()
        try await use("本日の画面へ進む")
    }
}
