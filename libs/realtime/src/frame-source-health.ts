import { HealthRegistry } from '@convene/observability/health';
import { Injectable, OnModuleInit } from '@nestjs/common';
import { FrameSource } from './frame-source';

/** A Redis may answer and yet bring no frame: one master of a cluster is gone, or its access control forbids to listen. */
@Injectable()
export class FrameSourceHealth implements OnModuleInit {
  constructor(
    private readonly source: FrameSource,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register({ name: 'frames', critical: false, check: () => this.check() });
  }

  private async check(): Promise<void> {
    if (!(await this.source.alive())) throw new Error('not every room is heard: frames come by comparison');
  }
}
