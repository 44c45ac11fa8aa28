import Audit
import Directory
import Gateway
import Primitives
import Staff

/// Answers the calls about the accounts of staff (職員).
struct UserDesk {
    let staff: StaffDesk

    func answer(_ name: String, _ reader: inout ObjectReader) async throws -> ControlAnswer {
        switch name {
        case "user.list":
            let lines = try await staff.list(by: .console(.system))
            return ControlAnswer(["items": .array(lines.map(\.json))])
        case "user.add": return try await add(&reader)
        default: break
        }
        let known = try await staff.find(
            try reader.value("user") { SignInName(typed: $0) },
            by: .console(.system)
        )
        switch name {
        case "user.show":
            let sessions = staff.sessions(of: known.id)
            var json = known.json.object ?? JSONObject()
            json["open"] = .array(sessions.map(\.json))
            return ControlAnswer(.object(json))
        case "user.reset":
            let use = try reader.value("use", GivenCodeUse.init(rawValue:))
            return ControlAnswer(
                try await staff.issueCode(use, for: known.id, by: try actor(&reader)).json
            )
        default:
            try await change(name, known, &reader)
            return ControlAnswer(
                try await staff.find(known.signInName, by: .console(.system)).json
            )
        }
    }

    private func add(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let new = NewAccount(
            try reader.value("user") { SignInName(typed: $0) },
            named: try reader.filled("name"),
            profession: try reader.value("profession", RoleCode.init(_:)),
            roles: try reader.roles("roles"),
            desks: try reader.desks("desks") ?? []
        )
        guard let new else { throw StaffRefusal.badName }
        return ControlAnswer(try await staff.add(new, by: try actor(&reader)).json)
    }

    private func change(
        _ name: String,
        _ known: AccountLine,
        _ reader: inout ObjectReader
    ) async throws {
        let actor = try actor(&reader)
        switch name {
        case "user.suspend": try await staff.suspend(known.id, by: actor)
        case "user.review": try await staff.review(known.id, by: actor)
        case "user.resume": try await staff.resume(known.id, by: actor)
        case "user.leave": try await staff.leave(known.id, by: actor)
        case "user.sessions": try await staff.endSessions(of: known.id, by: actor)
        case "user.role":
            try await staff.setRoles(try reader.roles("roles"), of: known.id, by: actor)
        case "user.change":
            let name = try reader.optionalText("name")
            let profession = try reader.optionalValue("profession", RoleCode.init(_:))
            if name != nil || profession != nil {
                try await staff.rename(
                    known.id,
                    to: name ?? known.displayName,
                    profession: profession ?? known.profession,
                    by: actor
                )
            }
            if let desks = try reader.desks("desks") {
                try await staff.setDesks(desks, of: known.id, by: actor)
            }
        default: throw GatewayError.notFound
        }
    }

    private func actor(_ reader: inout ObjectReader) throws(DecodingRefusal) -> StaffActor {
        .console(try reader.agent())
    }
}

extension ObjectReader {
    fileprivate mutating func roles(_ name: String) throws(DecodingRefusal) -> Set<StaffRole> {
        var roles: Set<StaffRole> = []
        for element in try array(name) {
            guard let role = element.string.flatMap(StaffRole.init(rawValue:)) else {
                throw refusal(.badForm, name)
            }
            roles.insert(role)
        }
        return roles
    }

    fileprivate mutating func desks(_ name: String) throws(DecodingRefusal) -> [DeskID]? {
        guard let value = optional(name) else { return nil }
        var desks: [DeskID] = []
        for element in value.array ?? [] {
            guard let desk = element.string.flatMap({ DeskID($0) }) else {
                throw refusal(.badForm, name)
            }
            desks.append(desk)
        }
        return desks
    }
}

extension AccountLine {
    fileprivate var json: JSON {
        [
            "accountId": .string(id.text),
            "user": .string(signInName.text),
            "name": .string(displayName),
            "profession": .string(profession.text),
            "roles": .array(roles.map { .string($0.rawValue) }),
            "desks": .array(desks.map { .string($0.text) }),
            "status": .string(state.rawValue),
            "hasPassword": .bool(hasPassword),
            "hasSecondFactor": .bool(hasSecondFactor),
            "passkeys": .integer(Int64(passkeys)),
            "reviewedAt": reviewedAt.map { .string($0.description) },
            "reviewDue": .bool(isReviewDue),
            "spareCodes": .integer(Int64(spareCodes)),
            "codeUntil": givenCode.map { .string($0.until.description) },
            "createdAt": .string(createdAt.description),
            "lastSignInAt": lastSignInAt.map { .string($0.description) },
            "sessions": .integer(Int64(sessions)),
        ]
    }
}

extension SessionLine {
    fileprivate var json: JSON {
        [
            "sessionId": .string(id.text),
            "signedInAt": .string(signedInAt.description),
            "seenAt": .string(seenAt.description),
            "address": .string(address),
            "locked": .bool(isLocked),
        ]
    }
}

extension HandedCode {
    fileprivate var json: JSON {
        [
            "accountId": .string(account.text),
            "code": .string(text),
            "use": .string(use.rawValue),
            "until": .string(until.description),
        ]
    }
}
