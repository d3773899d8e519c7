import type { VNode } from 'preact';
import './foot.css';

export function Foot(): VNode {
  return (
    <footer class="foot">
      <div class="wrap">
        <span>Shares are of the last 30 s or 1,000 requests, whichever is longer</span>
        <span>Times are yours, countdowns the gateway’s</span>
        <a href="metrics">/metrics</a>
        <a href="v1/models">/v1/models</a>
      </div>
    </footer>
  );
}
