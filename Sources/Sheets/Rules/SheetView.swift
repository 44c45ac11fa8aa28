import Primitives

/// A sheet as its rules see it: values with an error of form take no part.
///
/// What a rule cannot know (a value that is wrong in itself, the answered sheet when there is none)
/// is neither present nor absent, so that one mistake is not reported as two.
struct SheetView: Sendable {
    let json: JSON
    let context: SheetContext
    /// Places with an error of form, and places of required members that are missing.
    let unsound: Set<JSONPointer>

    struct Found {
        let pointer: JSONPointer
        let value: JSON
    }

    /// What stands at a path: the values, and how many more there may be.
    struct Finding {
        var values: [Found] = []
        var unknown = 0
    }

    func isUnsound(_ pointer: JSONPointer) -> Bool {
        guard !unsound.isEmpty else { return false }
        var place = JSONPointer()
        if unsound.contains(place) { return true }
        for token in pointer.tokens {
            place = place.appending(token)
            if unsound.contains(place) { return true }
        }
        return false
    }

    func find(_ path: RulePath, from scope: JSONPointer) -> Finding {
        var finding = Finding()
        switch path.root {
        case .today:
            finding.values = [Found(pointer: scope, value: .string(context.today.description))]
        case .testExchange:
            finding.values = [Found(pointer: scope, value: .bool(context.isTestExchange))]
        case .answered:
            guard let answered = context.answered else {
                finding.unknown = 1
                break
            }
            follow(path.steps[...], answered.json, JSONPointer(), isOwn: false, &finding)
        case .sheet:
            follow(path.steps[...], json, JSONPointer(), isOwn: true, &finding)
        case .scope:
            guard !isUnsound(scope) else {
                finding.unknown = 1
                break
            }
            guard let start = json[pointer: scope] else { break }
            follow(path.steps[...], start, scope, isOwn: true, &finding)
        }
        return finding
    }

    private func follow(
        _ steps: ArraySlice<RulePath.Step>,
        _ value: JSON,
        _ pointer: JSONPointer,
        isOwn: Bool,
        _ finding: inout Finding
    ) {
        if isOwn, unsound.contains(pointer) {
            finding.unknown += 1
            return
        }
        guard let step = steps.first else {
            finding.values.append(Found(pointer: pointer, value: value))
            return
        }
        let rest = steps.dropFirst()
        switch step {
        case .member(let name):
            let place = pointer.appending(name)
            if let next = value[name] {
                follow(rest, next, place, isOwn: isOwn, &finding)
            } else if isOwn, unsound.contains(place) {
                finding.unknown += 1
            }
        case .each:
            for (index, element) in (value.array ?? []).enumerated() {
                follow(rest, element, pointer.appending(index), isOwn: isOwn, &finding)
            }
        }
    }
}
