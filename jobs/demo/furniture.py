"""The endpoints of a demo server about itself: status, health, profiles, tags, indexers, disks."""

from typing import Any

from jobs.demo import formats
from jobs.demo.library import TAGS
from jobs.demo.qualities import PROFILES, DemoProfile, profile_document
from jobs.demo.releases import INDEXERS, DemoIndexer, stamp
from jobs.demo.traits import Traits
from jobs.demo.wire import DemoReply, DemoRequest
from jobs.demo.world import World

DISK = 12 * 10**12


def status(world: World, request: DemoRequest) -> DemoReply:
    traits, started = world.traits, stamp(world.started_at)
    name = traits.application.label
    return DemoReply(
        200,
        {
            "appName": name,
            "instanceName": f"Demo {name}",
            "version": traits.version,
            "buildTime": "2026-01-20T09:30:00Z",
            "isDebug": False,
            "isProduction": True,
            "isAdmin": False,
            "isUserInteractive": False,
            "startupPath": f"/app/{world.application}/bin",
            "appData": "/config",
            "osName": "alpine",
            "osVersion": "3.22.1",
            "isNetCore": True,
            "isLinux": True,
            "isOsx": False,
            "isWindows": False,
            "isDocker": True,
            "mode": "console",
            "branch": traits.branch,
            "authentication": "forms",
            "migrationVersion": traits.migration,
            "urlBase": "",
            "runtimeVersion": traits.runtime,
            "runtimeName": "netcore",
            "startTime": started,
            "packageUpdateMechanism": "docker",
            "databaseVersion": "3.49.2",
            "databaseType": "sqLite",
        },
    )


def versions(world: World, request: DemoRequest) -> DemoReply:
    return DemoReply(200, {"current": "v3", "deprecated": []})


def health(world: World, request: DemoRequest) -> DemoReply:
    """Complaints about indexers; a demo server has no others."""
    if world.active_indexers >= len(INDEXERS):
        return DemoReply(200, [])
    anchor = "indexers-are-unavailable-due-to-failures"
    none = world.active_indexers == 0
    unavailable = ", ".join(indexer.name for indexer in INDEXERS[world.active_indexers :])
    sentence = (
        "All indexers are unavailable due to failures"
        if none
        else f"Indexers unavailable due to failures: {unavailable}"
    )
    check = {
        "source": "IndexerStatusCheck",
        "type": "error" if none else "warning",
        "message": sentence,
        "wikiUrl": f"https://wiki.servarr.com/{world.application}/system#{anchor}",
    }
    return DemoReply(200, [check])


def profiles(world: World, request: DemoRequest) -> DemoReply:
    return DemoReply(200, [_profile(each, world.traits) for each in PROFILES.values()])


def profile(world: World, request: DemoRequest) -> DemoReply:
    known = PROFILES.get(request.id)
    if known is None:
        return request.missing()
    return DemoReply(200, _profile(known, world.traits))


def _profile(profile: DemoProfile, traits: Traits) -> dict[str, Any]:
    return profile_document(profile, traits.dialect) | formats.of_profile(profile.id)


def custom_formats(world: World, request: DemoRequest) -> DemoReply:
    return DemoReply(200, formats.all_formats())


def tags(world: World, request: DemoRequest) -> DemoReply:
    return DemoReply(200, [{"label": label, "id": id} for id, label in TAGS.items()])


def tag(world: World, request: DemoRequest) -> DemoReply:
    if request.id not in TAGS:
        return request.missing()
    return DemoReply(200, {"label": TAGS[request.id], "id": request.id})


def indexers(world: World, request: DemoRequest) -> DemoReply:
    return DemoReply(200, [_indexer(indexer, world.traits) for indexer in INDEXERS])


def root_folders(world: World, request: DemoRequest) -> DemoReply:
    free = int(world.free_space)
    return DemoReply(
        200,
        [
            {"path": f"{path}/", "accessible": True, "freeSpace": free, "unmappedFolders": []}
            | {"id": number}
            for number, path in enumerate(world.traits.roots, start=1)
        ],
    )


def disks(world: World, request: DemoRequest) -> DemoReply:
    data = {"path": "/data", "label": "", "freeSpace": int(world.free_space), "totalSpace": DISK}
    return DemoReply(200, [data])


def _indexer(indexer: DemoIndexer, traits: Traits) -> dict[str, Any]:
    kind = "Newznab" if indexer.protocol == "usenet" else "Torznab"
    fields = [
        {"order": 0, "name": "baseUrl", "label": "URL", "type": "textbox", "advanced": False}
        | {"value": f"http://prowlarr:9696/{indexer.id}/"},
        {"order": 1, "name": "apiKey", "label": "API Key", "type": "textbox", "advanced": False}
        | {"value": "********"},
    ]
    return {
        "enableRss": True,
        "enableAutomaticSearch": True,
        "enableInteractiveSearch": True,
        "supportsRss": True,
        "supportsSearch": True,
        "protocol": indexer.protocol,
        "priority": 25,
        "downloadClientId": 0,
        "name": indexer.name,
        "fields": fields,
        "implementationName": kind,
        "implementation": kind,
        "configContract": f"{kind}Settings",
        "infoLink": f"https://wiki.servarr.com/{traits.application.name}/supported#{kind.lower()}",
        "tags": [],
        "id": indexer.id,
        **traits.of_indexer,
    }
