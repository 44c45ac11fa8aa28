import Delivery
import Primitives
import TestKit

extension VectorCase {
    /// Step 17: one of each class per type of sheet.
    static let sheets: [VectorCase] =
        SheetRoute.all.flatMap { route in
            [
                sheet("invalidSheet", route, .invalidSheet, "an unknown member") { forge in
                    forge.setSheet("unknown", 1)
                },
                sheet("unsupportedSheet", route, .unsupportedSheet, "version 9.0.0") { forge in
                    forge.manifest = { $0["schemaVersion"] = "9.0.0" }
                },
                sheet("consentMissing", route, .consentMissing, "consent withdrawn") { forge in
                    var consent = forge.sheet["consent"]?.object ?? [:]
                    consent["status"] = "withdrawn"
                    forge.setSheet("consent", .object(consent))
                },
                sheet("directionNotAllowed", route, .directionNotAllowed, "to a fire department") {
                    forge in
                    var recipients = forge.sheet["recipients"]?.array ?? []
                    recipients.append([
                        "organization": [
                            "name": "架空消防署", "type": "fireDepartment", "phone": "06-0000-0119",
                            "address": "架空市幻区まぼろし町一丁目9番9号",
                        ], "purpose": "to",
                    ])
                    forge.setSheet("recipients", .array(recipients))
                },
            ]
        } + sheetFrame

    private static let sheetFrame: [VectorCase] = [
        sheet("invalidSheet", .all[0], .invalidSheet, "another thread in the manifest") { forge in
            forge.manifest = { $0["threadId"] = "00000000-0000-4000-8000-000000000000" }
        },
        sheet("invalidSheet", .all[0], .invalidSheet, "a sheet in the name of another") { forge in
            var sender = forge.sheet["sender"]?.object ?? [:]
            var organization = sender["organization"]?.object ?? [:]
            organization["officeNo"] = "9970100013"
            sender["organization"] = .object(organization)
            forge.setSheet("sender", .object(sender))
        },
        sheet("invalidSheet", .all[0], .invalidSheet, "another urgency outside") { forge in
            forge.routing = { $0["urgency"] = "emergency" }
        },
        sheet("consentMissing", .all[0], .consentMissing, "not to this recipient") { forge in
            var consent = forge.sheet["consent"]?.object ?? [:]
            consent["scopeOrgTypes"] = ["hospital"]
            forge.setSheet("consent", .object(consent))
        },
        sheet("unsupportedSheet", .all[0], .unsupportedSheet, "a type nobody knows") { forge in
            forge.manifest = { $0["sheetType"] = "unheardOf" }
        },
    ]

    private static func sheet(
        _ name: String,
        _ route: SheetRoute,
        _ code: RefusalCode,
        _ note: String,
        _ edit: @escaping @Sendable (inout Forge) -> Void
    ) -> VectorCase {
        refused(name, "\(route.example): \(note)", code, 17) { smithy in
            try await smithy.vector(to: route.to[0]) { forge in
                try route.apply(to: &forge)
                edit(&forge)
            }
        }
    }
}

/// An example of each type of sheet and who sends it to whom.
struct SheetRoute: Sendable {
    let example: String
    let from: World.Place
    let to: [World.Place]

    static let all = [
        SheetRoute("care-liaison-1.json", .careOffice, [.clinic]),
        SheetRoute("care-liaison-reply-1.json", .clinic, [.careOffice]),
        SheetRoute("outcome-request-1.json", .clinic, [.hospital]),
        SheetRoute("referred-patient-status-1.json", .clinic, [.hospital, .consultationRoom]),
        SheetRoute("patient-outcome-reply-1.json", .hospital, [.consultationRoom]),
        SheetRoute("admission-info-1.json", .careOffice, [.hospital]),
        SheetRoute("admission-ack-1.json", .hospital, [.careOffice]),
    ]

    init(_ example: String, _ from: World.Place, _ to: [World.Place]) {
        self.example = example
        self.from = from
        self.to = to
    }

    func apply(to forge: inout Forge) throws {
        let world = forge.world
        forge.sender = from
        forge.to = to.map { world.member($0).addressee }
        forge.sheet = try forge.messages.json(example, from: from, to: to)
    }
}
